import { setTimeout as pause } from 'node:timers/promises'
import { createCall, must } from '../support/network.ts'
import type { Answer } from '../support/network.ts'
import { createDice } from './dice.ts'
import type { Address } from './load.ts'
import type { Members } from './members.ts'

/** Somebody who follows a link and buys: what they do, and what was acknowledged of it. */
export interface Shopper {
  order: string
  /** Of whom two shoppers are, with one quote. */
  person: number
  path: string
  total: number
  /** The total that the order is changed to. */
  changed: number | null
  isCancelled: boolean
  token: string | null
  /** Whether the redirect was so quick that it must have waited for its click's commit. */
  isSure: boolean
}

export const RATES = [
  { segment: 'new', percent: '10' },
  { segment: 'active', percent: '2' },
]
const CONCURRENCY = 24
const BACK_OFF_MS = 100
// A redirect waits for a second at the most.
const SURE_MS = 800

/** Links for pairs of shoppers, each made with a quote that both of them come with. */
export async function inviteShoppers(
  url: string,
  { keys }: Members,
  { seed, pairs }: { seed: number; pairs: number },
): Promise<Shopper[]> {
  const dice = createDice(seed)
  const [publisher, shop] = [createCall(url, keys.A), createCall(url, keys.shop)]
  await must(shop('POST', '/v1/link-hosts', { host: 'shop.example' }))
  await must(shop('POST', '/v1/rate-cards', { name: 'card', rates: RATES }))
  const shoppers: Shopper[] = []
  for (let person = 0; person < pairs; person++) {
    const user = `u-${person}`
    const { quote } = await must(publisher('POST', '/v1/offers', { user_id: user }))
    const experience = { btn_pub_user: user }
    const body = { url: 'https://shop.example/', experience, quote: quote.id }
    const { links } = await must(publisher('POST', '/v1/links', body))
    for (const which of [1, 2]) {
      shoppers.push({
        order: `order-${person}-${which}`,
        person,
        path: new URL(links.universal).pathname,
        total: dice.whole(100_000),
        changed: dice.chance(0.5) ? dice.whole(100_000) : null,
        isCancelled: dice.chance(0.2),
        token: null,
        isSure: false,
      })
    }
  }
  return shoppers
}

export interface ShoppingParts {
  address: Address
  key: string
  /** Called at each acknowledgement with how many there were. */
  acknowledged(count: number): void
}

/** Everybody shops, side by side, and does each thing again until it is answered. */
export async function shop(shoppers: Shopper[], parts: ShoppingParts): Promise<void> {
  const queue = [...shoppers]
  let count = 0

  async function insist(method: string, path: string, body?: object): Promise<Answer | Response> {
    for (;;) {
      const url = await parts.address.get()
      const answer = await (
        path.startsWith('/r/')
          ? fetch(url + path, { redirect: 'manual' })
          : createCall(url, parts.key)(method, path, body)
      ).catch((error: unknown) => {
        if (!(error instanceof TypeError)) throw error
      })
      if (answer && answer.status !== 503) {
        parts.acknowledged(++count)
        return answer
      }
      await pause(BACK_OFF_MS)
    }
  }

  async function expectOk(method: string, path: string, body?: object): Promise<void> {
    const { status } = await insist(method, path, body)
    if (status !== 200) throw new Error(`${method} ${path} was answered ${status}`)
  }

  async function visit(shopper: Shopper): Promise<void> {
    const start = performance.now()
    const answer = await insist('GET', shopper.path)
    // Also the tries before the last are in it: what is quick was answered at once.
    shopper.isSure = performance.now() - start < SURE_MS
    const location = 'headers' in answer ? answer.headers.get('location') : null
    if (location === null) throw new Error(`a link was answered ${answer.status}`)
    shopper.token = new URL(location).searchParams.get('btn_ref')
  }

  async function work(): Promise<void> {
    for (let shopper = queue.shift(); shopper; shopper = queue.shift()) {
      await visit(shopper)
      const { order, total, token: btn_ref, person, changed, isCancelled } = shopper
      const customer = { id: `m-${person}` }
      const body = { order_id: order, total, currency: 'USD', btn_ref, customer }
      await expectOk('POST', '/v1/order', body)
      if (changed !== null) await expectOk('POST', `/v1/order/${order}`, { total: changed })
      if (isCancelled) await expectOk('DELETE', `/v1/order/${order}`)
    }
  }

  await Promise.all(Array.from({ length: CONCURRENCY }, work))
}
