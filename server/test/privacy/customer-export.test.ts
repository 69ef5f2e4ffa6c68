import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { customerKey } from '../../src/customers/customer.ts'
import { createMarket, readList } from '../commissions/market.ts'
import type { Market } from '../commissions/market.ts'
import { createImportCalls } from '../imports/import-calls.ts'
import { databases } from '../support/databases.ts'
import { dumpRows } from '../support/dump.ts'
import { emailHash } from '../support/hash.ts'
import { must } from '../support/network.ts'
import type { Answer, Member } from '../support/network.ts'
import { startReceiver } from '../support/receiver.ts'
import type { Receiver } from '../support/receiver.ts'

const SCHEMA = readFileSync(new URL('../../../schema.sql', import.meta.url), 'utf8')

/**
 * Each column that could hold a customer's key, and where the export tells of it; `none`: it holds no key of a
 * customer, or none that tells its organization anything of its customer. A new column has to be added here.
 */
const COLUMNS: Record<string, string | { none: string }> = {
  'attempts.subject': 'deliveries',
  'clicks.customer': 'clicks',
  'clicks.id': { none: 'a token' },
  'customers.id': 'customer',
  'customers.identities': 'identifiers',
  'customers.imports': 'sources',
  'customers.late_identities': 'identifiers',
  'customers.named_in': { none: 'an import, told of in `imports`' },
  'customers.purchase_import': 'purchase',
  'customers.purchase_order': 'purchase',
  'endpoints.subject': { none: 'a webhook' },
  'events.subject': 'events',
  'evidence_withdrawals.order_key': { none: 'an order' },
  'evidence_withdrawals.transaction': { none: 'a transaction' },
  'identities.buyers': 'identifiers',
  'identities.holders': 'identifiers',
  'identities.id': { none: 'an identity, by which no organization is named' },
  'import_batch_results.customers': 'imports',
  'import_batch_results.import': { none: 'an import' },
  'import_batch_results.swept': 'imports',
  'import_batches.import': { none: 'an import' },
  'import_rejects.import': { none: 'an import' },
  'import_removals.customer': 'removals',
  'import_removals.import': { none: 'an import' },
  'import_removals.taken_by': { none: 'an import' },
  'imports.error': { none: 'what went wrong with a file' },
  'imports.key': { none: 'an import' },
  'imports.preview': { none: 'counts' },
  'imports.repeat_key': { none: 'of the call' },
  'imports.replaced_by': { none: 'an import' },
  'imports.swept_import': { none: 'an import' },
  'imports.token': { none: 'a lease' },
  'invitations.email': { none: 'of a person who signs in' },
  'journal_entries.after': { none: 'no identifier and no id of a customer is written there' },
  'journal_entries.before': { none: 'as `after`' },
  'last_signs.customer': 'last_sign_day',
  'lanes.subject': 'waiting',
  'lanes.token': { none: 'a lease' },
  'ledger_entries.transaction': { none: 'a transaction' },
  'memberships.customer': 'memberships',
  'memberships.id': { none: 'the stay itself' },
  'orders.btn_ref': { none: 'a token' },
  'orders.customer': 'orders',
  'orders.evidence': 'evidence_for',
  'orders.id': { none: 'an order' },
  'orders.known': { none: 'counts' },
  'orders.later_evidence': 'evidence_for',
  'orders.quote': { none: 'a promise to the publisher' },
  'orders.transaction': { none: 'a transaction' },
  'organizations.profile': { none: 'of an organization' },
  'people.email': { none: 'of a person who signs in' },
  'people.subject': { none: 'of a person who signs in' },
  'quote_uses.id': { none: 'a quote' },
  'quote_uses.order_key': { none: 'an order' },
  'rate_card_versions.rates': { none: 'rates' },
  'recovery_codes.code': { none: 'of a person who signs in' },
  'replayed_events.lane': { none: 'a lane' },
  'replayed_events.subject': 'replays',
  'replays.subject': 'replays',
  'transactions.customer': 'transactions',
  'transactions.id': { none: 'a transaction' },
  'transactions.order_key': { none: 'an order' },
  'verifications.results': { none: 'counts' },
}

test('every column that could hold a customer is told of in the export, or said why not', () => {
  const columns = [...SCHEMA.matchAll(/CREATE TABLE public\.(\w+) \(\n(.*?)\n\)/gs)].flatMap(
    ([, table, body = '']) =>
      [...body.matchAll(/^ {4}"?(\w+)"? (?:uuid|jsonb?)\b/gm)].map(
        ([, name]) => `${table}.${name}`,
      ),
  )
  expect(columns.toSorted()).toEqual(Object.keys(COLUMNS).toSorted())
})

describe.each(databases)('the export of a customer on $name', (testDatabase) => {
  let market: Market
  let receiver: Receiver
  let publisher: Member
  let other: Member
  let shop: Member
  const bought = emailHash('bought-by-export')
  const first = emailHash('first-of-export')

  beforeAll(async () => {
    market = await createMarket(testDatabase, { merchants: 2 })
    ;[publisher, other] = market.network.publishers as [Member, Member]
    shop = market.network.merchants[0]!
    receiver = await startReceiver(500)
    await must(shop.call('POST', '/v1/rate-cards', { name: 'card', rates: [{ percent: 2 }] }))
    const event_types = ['segment-change']
    const hook = await must(
      publisher.call('POST', '/v1/webhooks', { url: receiver.url, event_types }),
    )
    await report(publisher, 'user', { email_sha256: first })
    await report(other, 'theirs', { email_sha256: bought })
    await market.advance(60_000)
    const imports = createImportCalls(market.network.url, shop)
    const row = (id: string, hash: string) => `${id},${hash},2026-01-02`
    const file = (...rows: string[]) => ['id,email_sha256,first_purchase', ...rows].join('\n')
    await imports.run(file(row('buyer', emailHash('of-a-list')), row('rest', emailHash('rest'))))
    await imports.run(file(row('rest', emailHash('rest'))), { mode: 'purchasers,replace' })
    await report(publisher, 'user', { emails_sha256: [first, bought] })
    const btn_ref = await market.click(publisher, shop, { user: 'user', ref: 'a-ref' })
    const customer = { id: 'buyer', email_sha256: bought, is_new: true }
    const order = { order_id: 'the-order', total: 5_000, currency: 'USD', customer, btn_ref }
    await must(shop.call('POST', '/v1/order', order))
    const again = await market.click(publisher, shop, { user: 'user' })
    const more = { order_id: 'another', total: 7, currency: 'USD', customer, btn_ref: again }
    await must(shop.call('POST', '/v1/order', more))
    await receiver.arrived(1)
    await must(publisher.call('PATCH', '/v1/organization', { retention_days: 365 }))
    await must(publisher.call('POST', '/v1/offers', { user_id: 'user' }))
    await market.network.server.parts.signs.write()
    const replay = { customer_id: 'user', start_date: '2026-03-01', end_date: '2026-03-02' }
    await must(publisher.call('POST', `/v1/webhooks/${hook.id}/replays`, replay))
  })
  afterAll(async () => {
    await receiver.close()
    await market.stop()
  })

  const report = (member: Member, id: string, identifiers: object) =>
    must(member.call('POST', '/v1/customers', { id, ...identifiers }))
  const take = (member: Member, id: string): Promise<Answer> =>
    member.call('GET', `/v1/customers/${id}/export`)

  test('tells of every table that names the customer', async () => {
    const { vault, directory } = market.network.server.parts
    const rows = await dumpRows(market.network.db)
    const seen = new Set<string>()
    for (const [member, id] of [
      [publisher, 'user'],
      [shop, 'buyer'],
    ] as const) {
      const its = await must(take(member, id))
      const key = customerKey(vault, directory.current().byId(member.organization.id)!, id)
      for (const [name, texts] of rows) {
        const table = name.replace(/_(?:\d{4}_?\d\d_?\d\d|p?\d+|default).*$/, '')
        if (!texts.some((text) => text.includes(key))) continue
        const sections = Object.entries(COLUMNS).flatMap(([column, section]) =>
          column.startsWith(`${table}.`) && typeof section === 'string' ? section : [],
        )
        const told = sections.filter((section) => isTold(its[section]))
        expect(told, `${name} names ${id}, which no part of the export tells`).not.toEqual([])
        for (const section of told) seen.add(section)
      }
    }
    // Else nothing was planted of what is not among them.
    const sections = Object.values(COLUMNS).filter((section) => typeof section === 'string')
    expect([...new Set(sections)].filter((section) => !seen.has(section))).toEqual([])
  })

  test("holds a merchant's orders as they were reported, and what each source gave", async () => {
    const its = await must(take(shop, 'buyer'))
    expect(its.customer).toMatchObject({ id: 'buyer', segments: [{ name: 'active' }] })
    expect(its.orders.map(({ order }: Answer['body']) => order.order_id).toSorted()).toEqual([
      'another',
      'the-order',
    ])
    expect(its.orders[0]).toMatchObject({ customer: { id: 'buyer', email_sha256: bought } })
    expect(its.sources).toMatchObject([{ import_id: null, emails_sha256: [bought] }])
    expect(its.removals).toMatchObject([
      { sources: [{ emails_sha256: [emailHash('of-a-list')], has_purchased: true }] },
    ])
    expect(its.purchase).toMatchObject({ import_id: null })
    expect(its.clicks).toEqual([])
  })

  test("holds a publisher's clicks and transactions, and its segments as it may see them", async () => {
    const its = await must(take(publisher, 'user'))
    expect(its.identifiers).toMatchObject([
      { value: first, since_date: its.customer.created_date },
      { value: bought, since_date: '2026-03-01T12:01:00.000Z' },
    ])
    expect(its.clicks.map(({ pub_ref }: Answer['body']) => pub_ref).toSorted()).toEqual([
      'a-ref',
      null,
    ])
    expect(its.transactions).toHaveLength(2)
    expect(its.transactions[0]).toMatchObject({ publisher_customer_id: 'user' })
    const events = await readList(publisher.call, '/v1/customers/user/events')
    expect(its.events).toEqual(events)
    const { name } = its.segments.find(
      (each: Answer['body']) => each.organization_id === shop.organization.id,
    )
    expect(name).toBe('active')
    expect(JSON.stringify(its)).not.toContain('theirs')
    expect(JSON.stringify(its)).not.toContain('the-order')
    await must(
      market.network.operator.call(
        'PUT',
        `/operator/v1/partnerships/${publisher.organization.id}/${shop.organization.id}`,
        { status: 'available' },
      ),
    )
    const after = await must(take(publisher, 'user'))
    expect(after.memberships).toEqual([])
    expect(JSON.stringify(after.segments)).not.toContain(shop.organization.id)
  })

  test('is an entry of the journal, which names nobody', async () => {
    await must(take(other, 'theirs'))
    const [entry] = await readList(other.call, '/v1/audit-log')
    expect(entry).toMatchObject({ action: 'customer.export', object: null, outcome: 'done' })
    expect(JSON.stringify(entry)).not.toContain('theirs')
  })

  test("is a 404 for an absent customer, another organization's and an erased one", async () => {
    expect((await take(other, 'user')).status).toBe(404)
    expect((await take(other, 'nobody')).status).toBe(404)
    await report(other, 'gone', { email_sha256: emailHash('gone') })
    await must(other.call('DELETE', '/v1/customers/gone'))
    expect((await take(other, 'gone')).status).toBe(404)
  })

  test('goes on over as many orders as there are', async () => {
    const customer = { id: 'busy', email_sha256: emailHash('busy') }
    await Promise.all(
      Array.from({ length: 230 }, (_, index) =>
        must(
          shop.call('POST', '/v1/order', {
            ...{ order_id: `busy-${index}`, total: index, currency: 'USD', customer },
          }),
        ),
      ),
    )
    const { orders } = await must(take(shop, 'busy'))
    const ids = new Set(orders.map(({ order }: Answer['body']) => order.order_id))
    expect([orders.length, ids.size]).toEqual([230, 230])
  })
})

const isTold = (section: unknown): boolean =>
  Array.isArray(section) ? section.length > 0 : section !== null
