import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDice } from '../crash/dice.ts'
import type { Dice } from '../crash/dice.ts'
import { databases } from '../support/databases.ts'
import { EFFORT } from '../support/effort.ts'
import { must } from '../support/network.ts'
import { MERCHANT_PROBES } from './twins/merchant-probes.ts'
import { BUYERS, CUSTOMERS, hashOf } from './twins/people.ts'
import { PUBLISHER_PROBES } from './twins/publisher-probes.ts'
import { SECRETS_FROM_MERCHANT, SECRETS_FROM_PUBLISHER } from './twins/secrets.ts'
import type { Secret } from './twins/secrets.ts'
import { createSeen } from './twins/seen.ts'
import type { Seen } from './twins/seen.ts'
import { NOT_TRACED } from './twins/shared-probes.ts'
import type { Asking, Probes } from './twins/shared-probes.ts'
import { createTwins } from './twins/twins.ts'
import type { Request, Told, Twins, Who } from './twins/twins.ts'

/*
 * Non-interference: two worlds begin alike; others then do different things in them, and whoever makes the same calls
 * in both is answered the same, byte for byte, but for ids made up at random. docs/privacy.md says what is allowed.
 */

const TRACES = Math.round(100 * EFFORT)
const CALLS = 4
const HOUR_MS = 3_600_000
// A report stands for a while before it is counted anew, so each is asked for an hour after the one before.
const REPORTS = ['reportSegments', 'reportMoves', 'reportCommissions', 'reportMatch']
const TRACES_A_REPORT = 30

const isOk = ({ status }: Told): boolean => status === 200
const isResting = ({ text }: Told): boolean =>
  /"state":"(?:ready|finished|refused|cancelled|undone|receiving)"/.test(text) ||
  text.includes('"error":{')

interface Watcher {
  who: Who & ('publisher' | 'merchant')
  probes: Probes
  secrets: Readonly<Record<string, Secret>>
}

const WATCHERS: Watcher[] = [
  { who: 'publisher', probes: PUBLISHER_PROBES, secrets: SECRETS_FROM_PUBLISHER },
  { who: 'merchant', probes: MERCHANT_PROBES, secrets: SECRETS_FROM_MERCHANT },
]

describe.each(WATCHERS)('every call of a $who', ({ who, probes }) => {
  test('is made, or it is said why not', () => {
    const rows = readFileSync(new URL('../../../docs/routes.md', import.meta.url), 'utf8')
      .split('\n')
      .map((row) => row.split(' | '))
      .filter(
        ([path, , , whose]) => path?.startsWith('| `/v1/') && [who, 'either'].includes(whose!),
      )
    expect(rows.length).toBeGreaterThan(50)
    const operations = rows.map(([, , operation]) => operation!)
    const expected = operations.filter((operation) => !(operation in NOT_TRACED))
    expect(Object.keys(probes).sort()).toEqual(expected.sort())
  })
})

describe.each(databases)('in two worlds on $name', (database) => {
  describe.each(WATCHERS)('that differ in what others do, a $who', (watcher) => {
    let twins: Twins
    let seen: Seen
    const dice = createDice(database.name === 'PGlite' ? 4 : 5)

    beforeAll(async () => {
      twins = await createTwins(database)
      seen = createSeen(dice)
      await begin(twins, watcher, seen)
    })
    afterAll(() => twins.stop())

    test(`is told the same, in ${TRACES} traces`, { timeout: 600_000 * EFFORT }, async () => {
      const made = new Set<string>()
      for (let count = 1; count <= TRACES; count++) {
        const done = await differ(twins, watcher, dice, count)
        try {
          const asking = { dice, seen, count }
          for (const operation of await trace(twins, watcher, asking)) {
            made.add(operation)
          }
          if (count % TRACES_A_REPORT !== 0) continue
          for (const operation of await readReports(twins, watcher, asking)) made.add(operation)
        } catch (error) {
          throw new Error(`trace ${count}, after ${JSON.stringify(done)}`, { cause: error })
        }
      }
      // A trace that asks nothing finds nothing.
      expect([...made].sort()).toEqual(Object.keys(watcher.probes).sort())
    })
  })
})

/** What the two worlds have in common: customers, buyers, a card, a webhook that collects, and clicks. */
async function begin(twins: Twins, { who }: Watcher, seen: Seen): Promise<void> {
  const both = async (by: Who, method: string, path: string, body?: unknown): Promise<void> => {
    seen.note(await twins.both(by, { method, path, body }, isOk))
  }
  const rates = [
    { segment: 'new', percent: '10' },
    { segment: 'active', percent: '2' },
  ]
  await both('merchant', 'POST', '/v1/rate-cards', { name: 'All', rates })
  for (let person = 0; person < CUSTOMERS; person += 2) {
    const customer = { id: `c${person}`, email_sha256: hashOf(person) }
    await both('publisher', 'POST', '/v1/customers', customer)
  }
  for (let person = 0; person < BUYERS; person++) {
    await both('merchant', 'POST', '/v1/order', orderOf(`first${person}`, person))
  }
  const hook = { url: 'https://hooks.example/newcomer', event_types: ['segment-change'] }
  const { text } = await twins.both(who, { method: 'POST', path: '/v1/webhooks', body: hook }, isOk)
  const [endpoint] = /endpoint#\d+\.\d+/.exec(text)!
  await both(who, 'POST', `/v1/webhooks/${endpoint}/pause`, {})
  seen.note({ status: 200, headers: {}, text })
}

function orderOf(order_id: string, person: number, btn_ref?: string) {
  const customer = { id: `shopper${person}`, email_sha256: hashOf(person) }
  return { order_id, total: 1_000, currency: 'USD', customer, ...(btn_ref && { btn_ref }) }
}

/** Others do something in one of the worlds, or something else in each. Answers what. */
async function differ(
  { worlds }: Twins,
  { secrets }: Watcher,
  dice: Dice,
  count: number,
): Promise<string[]> {
  const names = Object.keys(secrets)
  const done: string[] = []
  for (const [index, world] of worlds.entries()) {
    const isIdle = dice.chance(index === 0 ? 0.7 : 0.1)
    for (let left = isIdle ? 0 : 1 + dice.whole(2); left > 0; left--) {
      const name = names[dice.whole(names.length)]!
      await secrets[name]!(world, dice, count)
      done.push(`${name} in world ${index}`)
    }
  }
  return done
}

/** A purchase now and then, the same in both, and some calls. Answers the operations. */
async function trace(twins: Twins, { who, probes }: Watcher, asking: Asking): Promise<string[]> {
  const { dice, seen, count } = asking
  await twins.advance(1_000)
  if (dice.chance(0.3)) await shop(twins, who, dice, seen, count)
  const operations = Object.keys(probes).filter((operation) => !REPORTS.includes(operation))
  const made: string[] = []
  // The next ones in turn, so that each has come after a while, and some at random.
  for (let call = 0; call < CALLS; call++) {
    const turn = count * 2 + call
    const index = call < 2 ? turn % operations.length : dice.whole(operations.length)
    const operation = operations[index]!
    const request = probes[operation]!(asking)
    if (request === null) continue
    await ask(twins, who, seen, operation, request)
    made.push(operation)
  }
  const next = dice.chance(0.2) ? seen.next() : undefined
  if (next !== undefined)
    await ask(twins, who, seen, 'the next page', { method: 'GET', path: next })
  return made
}

async function ask(
  twins: Twins,
  who: Who,
  seen: Seen,
  operation: string,
  request: Request,
): Promise<void> {
  const told = await twins.both(who, request)
  seen.note(told)
  // What an import or a replay comes to is worked out after the answer.
  const [id] = /import#\d+\.\d+/.exec(told.text) ?? []
  if (operation.endsWith('Import') && id !== undefined) {
    await twins.meanwhile(who, { method: 'GET', path: `/v1/imports/${id}` }, isResting)
  }
  const [replay] = /replay#\d+\.\d+/.exec(told.text) ?? []
  if (request.method === 'POST' && replay !== undefined) {
    const path = `${request.path.replace(/\/(?:replays|deliveries)\b.*/, '')}/replays/${replay}`
    await twins.meanwhile(who, { method: 'GET', path }, ({ text }) => !text.includes('"gathering"'))
  }
}

/** Somebody follows a link of the publisher's and, unless the merchant is who asks, buys. */
async function shop(
  { worlds }: Twins,
  who: Who,
  dice: Dice,
  seen: Seen,
  count: number,
): Promise<void> {
  const person = dice.whole(CUSTOMERS)
  const tokens: string[] = []
  for (const { click, names } of worlds) {
    tokens.push(names.toNames(await click('publisher', 'merchant', `c${person}`)))
  }
  expect(tokens[1]).toBe(tokens[0])
  seen.note({ status: 200, headers: {}, text: tokens[0]! })
  if (who === 'merchant') return
  const body = orderOf(`public${count}`, person, tokens[0])
  for (const world of worlds) {
    const own = JSON.parse(world.names.toIds(JSON.stringify(body))) as object
    await must(world.members.merchant.call('POST', '/v1/order', own))
  }
  if (dice.chance(0.3)) {
    for (const { members, clock } of worlds) {
      clock.advance(1)
      await must(members.merchant.call('DELETE', `/v1/order/public${count}`))
    }
  }
}

/** Every report of the watcher's, as of now. Answers the operations. */
async function readReports(
  twins: Twins,
  { who, probes }: Watcher,
  asking: Asking,
): Promise<string[]> {
  await twins.advance(HOUR_MS)
  const { clock } = twins.worlds[0]
  const isOfNow = ({ text }: Told) => text.includes(`"as_of_date":"${clock.now().toISOString()}"`)
  const operations = REPORTS.filter((operation) => operation in probes)
  for (const operation of operations) {
    await twins.meanwhile(who, probes[operation]!(asking)!, isOfNow)
  }
  return operations
}
