import { setTimeout as pause } from 'node:timers/promises'
import type { Caller } from './caller.ts'
import { SHOP_HOST } from './create-network.ts'
import type { Publisher } from './create-network.ts'
import { readCounts } from './look-up.ts'

/** Sends a publisher's customer to the shop; answers the token that the shop gets. */
export type SendShopper = (publisher: Publisher, customer: string) => Promise<string>

// A server that can't write a click within a second lets the shopper go on.
const PROMPT_MS = 900
const LOOK_EVERY_MS = 50

/** Publishers make a link for each of their customers, when it is first wanted, and keep it. */
export function createSendShopper(caller: Caller): SendShopper {
  const paths = new Map<string, string>()
  let clicks = 0

  async function pathOf({ key }: Publisher, customer: string): Promise<string> {
    const { links } = (await caller.post(key, '/v1/links', {
      url: `https://${SHOP_HOST}/`,
      experience: { btn_pub_user: customer },
    })) as { links: { universal: string } }
    return new URL(links.universal).pathname
  }

  /** Shoppers take their time to buy; these don't, but for this: their click has to be written. */
  async function click(path: string): Promise<URL> {
    const began = performance.now()
    clicks++
    const target = new URL(await caller.follow(path))
    if (performance.now() - began < PROMPT_MS) return target
    const begun = clicks
    while ((await readCounts(caller)).clicks < begun) await pause(LOOK_EVERY_MS)
    return target
  }

  return async (publisher, customer) => {
    const place = `${publisher.id} ${customer}`
    const path = paths.get(place) ?? (await pathOf(publisher, customer))
    paths.set(place, path)
    const target = await click(path)
    const token = target.searchParams.get('btn_ref')
    if (target.hostname === SHOP_HOST && token !== null) return token
    throw new Error(`A link of ${publisher.name} leads elsewhere, or without a token.`)
  }
}
