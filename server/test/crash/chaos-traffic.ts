import { setTimeout as pause } from 'node:timers/promises'
import { createCall, must } from '../support/network.ts'
import type { Answer } from '../support/network.ts'
import type { Dice } from './dice.ts'
import { createImportClient } from './import-client.ts'
import { makeImportFile } from './import-file.ts'
import type { Address } from './load.ts'
import { emailHash } from './reports.ts'

export interface Traffic {
  address: Address
  /** The shop's. */
  key: string
  dice: Dice
  seed: number
  people: number
  /** How often each of them buys, at the least… */
  orders: number
  /** …and goes on with it. */
  goesOn(): boolean
}

const BACK_OFF_MS = 100
const MOST_PAUSE_MS = 2_000

/**
 * A shop's people become active and new again, by orders that are deleted and by imports that are
 * undone; side by side, each in steps that are sent again until they are answered.
 */
export async function makeTraffic(traffic: Traffic): Promise<void> {
  const everybody = Array.from({ length: traffic.people }, (_, person) => person)
  await Promise.all([importAndUndo(traffic), ...everybody.map((person) => buy(traffic, person))])
}

/** Calls with one key until there is an answer; the object of it. */
export async function insist(
  { address, key }: { address: Address; key: string },
  method: string,
  path: string,
  body?: object,
): Promise<Answer['body']> {
  for (;;) {
    const call = createCall(await address.get(), key)
    const answer = await call(method, path, body).catch((error: unknown) => {
      // The connection broke.
      if (!(error instanceof TypeError)) throw error
    })
    if (answer && answer.status !== 503) return must(Promise.resolve(answer))
    await pause(BACK_OFF_MS)
  }
}

async function buy(traffic: Traffic, person: number): Promise<void> {
  const { dice, orders, goesOn } = traffic
  const customer = { id: `m-${person}`, email_sha256: emailHash(person, 0) }
  for (let count = 0; count < orders || goesOn(); count++) {
    await pause(dice.whole(MOST_PAUSE_MS))
    const order = `o-${person}-${count}`
    const body = { order_id: order, total: 100, currency: 'USD', customer }
    await insist(traffic, 'POST', '/v1/order', body)
    await pause(dice.whole(MOST_PAUSE_MS))
    await insist(traffic, 'DELETE', `/v1/order/${order}`)
  }
}

/** Of half of those who buy meanwhile, and of as many who don't. */
async function importAndUndo(traffic: Traffic): Promise<void> {
  const { address, key, seed, people } = traffic
  const half = Math.floor(people / 2)
  const { bytes } = makeImportFile({ seed, from: half, to: people + half })
  const { id } = await insist(traffic, 'POST', '/v1/imports?start=now')
  await createImportClient(address, key).send(id, bytes)
  await until('finished')
  await insist(traffic, 'POST', `/v1/imports/${id}/undo`)
  await until('undone')

  async function until(state: string): Promise<void> {
    while ((await insist(traffic, 'GET', `/v1/imports/${id}`)).state !== state) {
      await pause(BACK_OFF_MS)
    }
  }
}
