import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { FEWEST_PEOPLE } from '../../src/customers/privacy-floor.ts'
import { createWorld, percent } from '../commissions/world.ts'
import type { World } from '../commissions/world.ts'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must } from '../support/network.ts'
import type { Answer, Member } from '../support/network.ts'

/* Non-interference: of two worlds that differ in one foreign person every report tells the same. */

const FOREIGN = [
  'a customer of another publisher who buys',
  'a buyer whom no publisher knows',
  'a buyer whom another publisher comes to know',
  'an order that another publisher sent',
] as const
type Foreign = (typeof FOREIGN)[number]

const HOUR_MS = 3_600_000
const OF_PUBLISHERS = ['segments', 'moves', 'commissions', 'commissions?by=category', 'match']
const OF_MERCHANTS = OF_PUBLISHERS.slice(2, 4)

const report = (by: Member, id: string) =>
  must(by.call('POST', '/v1/customers', { id, email_sha256: emailHash(id) }))
const buy = ({ merchant }: World, person: string, more: object = {}) =>
  must(
    merchant.call('POST', '/v1/order', {
      ...{ order_id: `order-${person}`, total: 1_000, currency: 'USD', ...more },
      customer: { email_sha256: emailHash(person) },
    }),
  )

/** `people` customers of the publisher's, some of whom have bought, and one order that it sent. */
async function live(world: World, people: number, buyers: number[]): Promise<void> {
  await world.card([percent(5)])
  const ids = Array.from({ length: people }, (_, index) => `p${index}`)
  await Promise.all(ids.map((id) => report(world.publisher, id)))
  for (const index of buyers) await buy(world, `p${index}`)
  await buy(world, 'p20', { btn_ref: await world.click() })
}

async function act(world: World, foreign: Foreign): Promise<void> {
  if (foreign === 'a buyer whom no publisher knows') {
    await buy(world, 'stranger')
  } else if (foreign === 'an order that another publisher sent') {
    await buy(world, 'stranger', { btn_ref: await world.click({ by: world.rival }) })
  } else if (foreign === 'a buyer whom another publisher comes to know') {
    await report(world.rival, 'p20')
  } else {
    await report(world.rival, 'theirs')
    await buy(world, 'theirs')
  }
}

/** The report once it is as of now: a count waits for nobody, and this machine may be slow. */
async function readNow({ clock }: World, by: Member, path: string): Promise<Answer['body']> {
  const now = clock.now().toISOString()
  const read = () => must(by.call('GET', `/v1/reports/${path}`))
  await vi.waitFor(async () => expect((await read()).as_of_date).toBe(now), { timeout: 60_000 })
  return read()
}

/** What those are told to whom the person is foreign, by names in place of ids. */
async function readAll(world: World, foreign: Foreign): Promise<string[]> {
  const { publisher, rival, merchant } = world
  // What another publisher sent is the merchant's own business.
  const isOwn = foreign === 'an order that another publisher sent'
  const told: string[] = []
  for (const [by, reports] of [
    [publisher, OF_PUBLISHERS],
    [merchant, isOwn ? [] : OF_MERCHANTS],
  ] as const) {
    for (const path of reports) {
      const object = await readNow(world, by, path)
      const text = [publisher, rival, merchant].reduce(
        (all, { organization }) => all.replaceAll(organization.id, organization.name),
        JSON.stringify(object),
      )
      told.push(text)
    }
  }
  return told
}

describe.each(databases)('reports on $name', (testDatabase) => {
  const { name } = testDatabase

  test.each(FOREIGN)(
    'are the same in two worlds that differ in %s',
    { timeout: 600_000 },
    (foreign) =>
      fc.assert(
        fc.asyncProperty(
          // On both sides of the floor.
          fc.integer({ min: FEWEST_PEOPLE - 1, max: FEWEST_PEOPLE + 1 }),
          fc.subarray([0, 1, 2, 3, 4, 5]),
          fc.boolean(),
          async (people, buyers, isCounted) => {
            const worlds = [
              await createWorld(testDatabase),
              await createWorld(testDatabase),
            ] as const
            try {
              for (const world of worlds) {
                await live(world, people, buyers)
                // Whether counts are there already when the foreign person comes.
                if (isCounted) await readAll(world, foreign)
              }
              await act(worlds[1], foreign)
              for (const world of worlds) await world.advance(HOUR_MS)
              const [without, beside] = [
                await readAll(worlds[0], foreign),
                await readAll(worlds[1], foreign),
              ]
              expect(beside).toEqual(without)
            } finally {
              for (const world of worlds) await world.stop()
            }
          },
        ),
        {
          // Worlds on the embedded database take long to make.
          ...{ numRuns: name === 'PGlite' ? 1 : 3, seed: 7 },
          // Below the floor and above it; counted before, and not.
          examples: [
            [FEWEST_PEOPLE - 1, [0, 2], true],
            [FEWEST_PEOPLE + 1, [1, 3, 5], false],
          ],
        },
      ),
  )
})
