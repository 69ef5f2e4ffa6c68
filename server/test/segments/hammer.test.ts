import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Identifier } from '../../src/customers/identifier.ts'
import { reportCustomers } from '../../src/reports/report-customers.ts'
import type { CustomerReport } from '../../src/reports/report-customers.ts'
import { openPostgres } from '../../src/kernel/database/database.ts'
import type { Database } from '../../src/kernel/database/database.ts'
import { parseOrder } from '../../src/orders/parse-order.ts'
import { recordOrders } from '../../src/reports/record-orders.ts'
import type { OrderParts, OrderReport } from '../../src/reports/record-orders.ts'
import type { Organization } from '../../src/organizations/organization.ts'
import { postgresql } from '../support/databases.ts'
import type { FreshDatabase } from '../support/databases.ts'
import { readEvents } from '../support/events.ts'
import { startNetwork } from '../support/network.ts'
import type { Network } from '../support/network.ts'
import { inParallel } from '../support/in-parallel.ts'
import { EFFORT } from '../support/effort.ts'

const PAIRS = 5_000 * EFFORT
const CONNECTIONS = 64

function emailOf(person: number): Identifier {
  const value = createHash('sha256').update(`customer-${person}@cdnow.example`).digest('hex')
  return { kind: 'email_sha256', value }
}

describe('identities that exist already, 64 connections', () => {
  let fresh: FreshDatabase
  let wide: Database
  let network: Network
  let parts: OrderParts
  const people = Array.from({ length: PAIRS }, (_, index) => index)

  beforeAll(async () => {
    fresh = await postgresql.create()
    network = await startNetwork({ database: fresh.database, publishers: 2, merchants: 1 })
    wide = await openPostgres(fresh.url ?? '', { poolSize: CONNECTIONS })
    const { vault, clock, directory } = network.server.parts
    parts = { database: wide, vault, clock, directory }
  })
  afterAll(async () => {
    await wide.close()
    await network.stop()
    await fresh.drop()
  })

  const organization = (id = ''): Organization => {
    const found = network.server.parts.directory.current().byId(id)
    if (!found) throw new Error('the network has no such organization')
    return found
  }
  const reportOf = (publisher: number, person: number): CustomerReport => ({
    organization: organization(network.publishers[publisher]?.organization.id),
    id: `customer-${person}`,
    identifiers: [emailOf(person)],
    replaces: false,
  })
  const orderOf = (person: number, number: number): OrderReport => {
    const customer = { id: `buyer-${person}`, email_sha256: emailOf(person).value }
    const body = { order_id: `order-${person}-${number}`, total: 100, currency: 'USD', customer }
    const merchant = organization(network.merchants[0]?.organization.id)
    return { merchant, document: parseOrder(body, new Date()) }
  }

  test('no match of so many colliding pairs is missed', { timeout: 400_000 }, async () => {
    // The rows exist: the other publisher has reported everybody before.
    for (let from = 0; from < PAIRS; from += 1_000) {
      const set = people.slice(from, from + 1_000).map((person) => reportOf(1, person))
      await reportCustomers(parts, set)
    }
    // Next to each other in line, so that the two of a pair are under way at the same time.
    const work = people.flatMap((person) => {
      const pair = [
        () => reportCustomers(parts, [reportOf(0, person)]),
        () => recordOrders(parts, [orderOf(person, 1)]),
      ]
      return person % 2 === 0 ? pair : pair.reverse()
    })
    await inParallel(work, (run) => run(), CONNECTIONS)

    const { rows } = await sql<{ organization: number; active: number }>`
      select ('x' || left(customer::text, 8))::bit(32)::int as organization, count(*)::int as active
      from memberships where left_at is null group by 1 order by 1`.execute(wide.db)
    expect(rows.map((row) => row.active)).toEqual([PAIRS, PAIRS, PAIRS])
    const events = await readEvents(wide.db)
    const ofOther = events.filter(
      (event) => event.organization === organization(network.publishers[1]?.organization.id).number,
    )
    expect(ofOther).toHaveLength(PAIRS)
    expect(events.every((event) => event.sequence === 1)).toBe(true)
    const { drift, checks } = await network.server.parts.verify()
    expect(drift, JSON.stringify(checks.filter((check) => check.drift > 0))).toBe(0)
  })

  test('of first orders at the same time exactly one is new', { timeout: 200_000 }, async () => {
    const buyers = Array.from({ length: 500 }, (_, index) => PAIRS + index)
    const orders = buyers.flatMap((person) => [1, 2, 3, 4].map((number) => orderOf(person, number)))
    await inParallel(orders, (order) => recordOrders(parts, [order]), CONNECTIONS)
    const { rows } = await sql<{ verdict: string; orders: number }>`
      select verdict, count(*)::int as orders from orders
      where customer in (select customer from orders group by customer having count(*) = 4)
      group by verdict order by verdict`.execute(wide.db)
    expect(rows).toEqual([
      { verdict: 'active', orders: 1_500 },
      { verdict: 'new', orders: 500 },
    ])
  })
})
