import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Identifier } from '../../src/customers/identifier.ts'
import type { Organization } from '../../src/organizations/organization.ts'
import { parseOrder } from '../../src/orders/parse-order.ts'
import { cancelOrder } from '../../src/reports/change-order.ts'
import { createRecordOrder } from '../../src/reports/record-orders.ts'
import { createReportCustomer } from '../../src/reports/report-customers.ts'
import { findStandings } from '../../src/segments/find-standings.ts'
import { databases } from '../support/databases.ts'
import { readEvents } from '../support/events.ts'
import { useNetwork } from '../support/network.ts'
import { activeAt } from '../support/oracle.ts'
import type { CustomerFact, OrderFact } from '../support/oracle.ts'

/** One report; small numbers name people, so that they meet often. */
type Step =
  | { kind: 'customer'; organization: number; customer: number; emails: number[] }
  | { kind: 'order'; merchant: number; order: number; customer: number | null; emails: number[] }
  | { kind: 'delete'; merchant: number; order: number }

const small = (max: number) => fc.integer({ min: 0, max })
const emails = fc.uniqueArray(small(5), { maxLength: 2 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('customer' as const),
    organization: small(3),
    customer: small(4),
    emails,
  }),
  fc.record({
    kind: fc.constant('order' as const),
    merchant: small(1),
    order: small(8),
    customer: fc.option(small(3)),
    emails,
  }),
  fc.record({ kind: fc.constant('delete' as const), merchant: small(1), order: small(8) }),
)

describe.each(databases)('any reports in any order on $name', ({ create, name }) => {
  const network = useNetwork(create, { publishers: 2, merchants: 2 })
  let reportCustomer: ReturnType<typeof createReportCustomer>
  let recordOrder: ReturnType<typeof createRecordOrder>
  let round = 0

  beforeAll(() => {
    reportCustomer = createReportCustomer(network.server.parts)
    recordOrder = createRecordOrder(network.server.parts)
  })

  const hash = (email: number): string =>
    createHash('sha256').update(`person-${round}-${email}@shop.example`).digest('hex')
  const toIdentifiers = (list: number[]): Identifier[] =>
    list.map((email) => ({ kind: 'email_sha256', value: hash(email) }))

  const organizationAt = (index: number): Organization => {
    const members = [...network.publishers, ...network.merchants]
    const id = members[index]?.organization.id ?? ''
    const found = network.server.parts.directory.current().byId(id)
    if (!found) throw new Error('the network has no such organization')
    return found
  }

  async function take(given: Step): Promise<boolean> {
    const { parts } = network.server
    if (given.kind === 'customer') {
      await reportCustomer({
        organization: organizationAt(given.organization),
        id: `r${round}-c${given.customer}`,
        identifiers: toIdentifiers(given.emails),
        replaces: false,
      })
      return true
    }
    const merchant = organizationAt(given.merchant + 2)
    const id = `r${round}-o${given.order}`
    if (given.kind === 'delete') {
      return cancelOrder(parts, merchant, id).then(
        () => true,
        () => false,
      )
    }
    const customer = {
      id: given.customer === null ? null : `r${round}-c${given.customer}`,
      emails_sha256: given.emails.map(hash),
    }
    const document = parseOrder({ order_id: id, total: 1, currency: 'USD', customer }, new Date())
    return recordOrder({ merchant, document }).then(
      () => true,
      () => false,
    )
  }

  async function expectTruth(customers: CustomerFact[], orders: OrderFact[]): Promise<void> {
    for (const [index, publisher] of network.publishers.entries()) {
      const known = new Set(
        customers.filter((c) => c.organization === String(index)).map((c) => c.customer),
      )
      for (const customer of known) {
        const { body } = await publisher.call('GET', `/v1/customers/r${round}-c${customer}`)
        const active = (body.object.segments as { organization_id: string; name: string }[])
          .filter((segment) => segment.name === 'active')
          .map(({ organization_id: id }) =>
            String(network.merchants.findIndex((each) => each.organization.id === id) + 2),
          )
        const expected = activeAt({ organization: String(index), customer }, customers, orders)
        expect(active.sort()).toEqual(expected)
      }
    }
    const { drift, checks } = await network.server.parts.verify()
    expect(drift, JSON.stringify(checks.filter((check) => check.drift > 0))).toBe(0)
  }

  const runs = name === 'PGlite' ? 60 : 80
  test('taken one by one', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
        round++
        const facts = new Facts()
        for (const given of steps) if (await take(given)) facts.add(given)
        await expectTruth(facts.customers, facts.orders)
      }),
      { numRuns: runs },
    )
  })

  test('taken all at once, and again', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (all) => {
        round++
        const steps = withoutContradictions(all)
        await Promise.all([...steps, ...steps].map(take))
        const facts = new Facts()
        for (const given of steps) facts.add(given)
        await expectTruth(facts.customers, facts.orders)
      }),
      { numRuns: runs },
    )
  })

  test('the events of a customer lead to where it stands', async () => {
    const events = await readEvents(network.db)
    const ends = new Map(events.map((each) => [`${each.subject} ${each.merchant}`, each.current]))
    expect(ends.size).toBeGreaterThan(20)
    const { parts } = network.server
    const { rows: subjects } = await sql<{ key: string; purchased: boolean }>`
      select id as key, purchased_at is not null as purchased from customers
      where event_sequence > 0`.execute(network.db)
    const standings = await findStandings(parts, network.db, subjects)
    for (const { subject, merchant } of events) {
      const isActive = standings.get(subject)?.active.has(merchant ?? 0) ?? false
      expect(ends.get(`${subject} ${merchant}`)).toBe(isActive ? 'active' : 'new')
    }
  })
})

/** What was accepted, in the oracle's words. */
class Facts {
  readonly customers: CustomerFact[] = []
  readonly orders: OrderFact[] = []

  add(given: Step): void {
    if (given.kind === 'customer') {
      this.customers.push({
        organization: String(given.organization),
        customer: String(given.customer),
        identifiers: given.emails.map(String),
      })
      return
    }
    const merchant = String(given.merchant + 2)
    const known = this.orders.find(
      (o) => o.merchant === merchant && o.order === String(given.order),
    )
    if (given.kind === 'delete') {
      if (known) known.deleted = true
      return
    }
    if (known) return
    this.orders.push({
      merchant,
      order: String(given.order),
      customer: given.customer === null ? null : String(given.customer),
      identifiers: given.emails.map(String),
      deleted: false,
    })
  }
}

/** Without deletions, and each order with one content: then any order of acceptance ends the same. */
function withoutContradictions(steps: Step[]): Step[] {
  const seen = new Set<string>()
  return steps.filter((given) => {
    if (given.kind !== 'order') return given.kind === 'customer'
    const key = `${given.merchant} ${given.order}`
    return !seen.has(key) && seen.add(key)
  })
}
