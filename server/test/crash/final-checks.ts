import { sql } from 'kysely'
import { expect } from 'vitest'
import type { Db } from '../../src/kernel/database/database.ts'
import { createCall, must } from '../support/network.ts'
import type { Call } from '../support/network.ts'
import type { Acknowledged } from './load.ts'
import type { Members } from './members.ts'
import { readAll } from './members.ts'
import type { Report } from './reports.ts'
import { computeTruth, seenOrders } from './truth.ts'
import type { SeenOrder, Truth } from './truth.ts'
import type { Witness } from './witness.ts'

export interface Ended {
  url: string
  operatorKey: string
  members: Members
  reports: Report[]
  results: Acknowledged[]
  witnesses: Record<'A' | 'B', Witness>
}

/** What must be true when the dust has settled, whatever was killed on the way. */
export async function checkEnd(ended: Ended): Promise<void> {
  const { url, operatorKey, members, reports, results, witnesses } = ended
  const truth = computeTruth(reports)
  const shop = createCall(url, members.keys.shop)
  expect(results).toHaveLength(reports.length)
  await checkCustomers(url, members, truth)
  await checkOrders(shop, truth, seenOrders(results))
  for (const name of ['A', 'B'] as const) {
    const call = createCall(url, members.keys[name])
    await untilDelivered(call, members.hooks[name].id)
    const deliveries = await readAll(call, `/v1/webhooks/${members.hooks[name].id}/deliveries`)
    const segments = new Map<string, string>()
    for (const [key, { isActive }] of truth.customers) {
      const [by = '', customer = ''] = key.split(' ')
      if (by === name) segments.set(customer, isActive ? 'active' : 'new')
    }
    expect(deliveries.length).toBeGreaterThan(10)
    const owed = deliveries.map((delivery) => delivery.event_id)
    witnesses[name].expectChains(owed, segments)
  }
  const verified = await must(createCall(url, operatorKey)('POST', '/operator/v1/verify', {}))
  const wrong = verified.checks.filter((check: { drift: number }) => check.drift > 0)
  expect(wrong).toEqual([])
  expect(verified.drift).toBe(0)
}

const AT_ONCE = 16

async function forEach<T>(list: Iterable<T>, work: (each: T) => Promise<void>): Promise<void> {
  const queue = [...list]
  const worker = async (): Promise<void> => {
    for (let each = queue.shift(); each !== undefined; each = queue.shift()) await work(each)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

async function checkCustomers(url: string, { keys }: Members, truth: Truth): Promise<void> {
  const calls = { A: createCall(url, keys.A), B: createCall(url, keys.B) }
  const wrong: unknown[] = []
  await forEach(truth.customers, async ([key, { identifiers, isActive }]) => {
    const [by, customer] = key.split(' ') as ['A' | 'B', string]
    const known = await must(calls[by]('GET', `/v1/customers/${customer}`))
    const all: (string | null)[] = [...known.emails_sha256, known.advertising_id]
    const found = all.filter((each) => each !== null)
    const segments = known.segments.map((segment: { name: string }) => segment.name)
    const [expected, actual] = [
      [[...identifiers].sort(), isActive ? 'active' : 'new'],
      [found.sort(), ...segments],
    ]
    if (JSON.stringify(expected) !== JSON.stringify(actual)) wrong.push({ key, expected, actual })
  })
  expect(wrong).toEqual([])
}

interface JudgedOrder {
  order: string
  buttonId: string
  seen: SeenOrder
  verdict: { segment: string; judged_date: string; evidence: { button_order_id: string } | null }
}

async function checkOrders(shop: Call, truth: Truth, seen: Map<string, SeenOrder>): Promise<void> {
  const judged: JudgedOrder[] = []
  await forEach(truth.orders, async ([order, { isDeleted }]) => {
    const known = await must(shop('GET', `/v1/order/${order}`))
    const mine = seen.get(order)!
    // Every acknowledgement, of repeats too, named the one order that is there now.
    expect([...mine.buttonIds], order).toEqual([known.button_order_id])
    expect(known.status, order).toBe(isDeleted ? 'deleted' : 'open')
    const verdict = await must(shop('GET', `/v1/order/${order}/verdict`))
    judged.push({ order, buttonId: known.button_order_id, seen: mine, verdict })
  })
  for (const [person, its] of Map.groupBy(judged, (each) => each.seen.person)) {
    const isWhole = its.every(({ order }) => !truth.orders.get(order)!.isDeleted)
    if (isWhole) expectFirstIsNew(its, `person ${person}`)
  }
}

/** Of the orders of one person, of which none was deleted, exactly the first is judged new. */
function expectFirstIsNew(orders: JudgedOrder[], person: string): void {
  const fresh = orders.filter(({ verdict }) => verdict.segment === 'new')
  expect(
    fresh.map(({ order }) => order),
    person,
  ).toHaveLength(1)
  const first = fresh[0]!
  const ids = new Set(orders.map(({ buttonId }) => buttonId))
  for (const other of orders) {
    if (other === first) continue
    expect(other.verdict.judged_date >= first.verdict.judged_date, person).toBe(true)
    // One that was acknowledged before the first was even sent would have been first.
    expect(other.seen.acknowledgedAt, person).toBeGreaterThan(first.seen.firstSentAt)
    expect(ids.has(other.verdict.evidence?.button_order_id ?? ''), person).toBe(true)
    expect(other.verdict.evidence?.button_order_id, person).not.toBe(other.buttonId)
  }
}

/** Until nothing waits at this webhook. */
async function untilDelivered(call: Call, hook: string): Promise<void> {
  const waiting = () => readAll(call, `/v1/webhooks/${hook}/deliveries?state=waiting`)
  await expect.poll(waiting, { timeout: 90_000, interval: 250 }).toEqual([])
}

/** Lanes that a worker died with come due when its lease ends; the tests do not wait that minute. */
export async function endLeases(db: Db): Promise<void> {
  await sql`update lanes set leased_until = now() where token is not null`.execute(db)
}
