import { RawNode, sql } from 'kysely'
import { SERVICE } from '../../src/journal/entry.ts'
import type { KyselyPlugin, QueryId } from 'kysely'
import { expect, onTestFinished, test, vi } from 'vitest'
import { eraseCustomer } from '../../src/reports/erase-customer.ts'
import { postgresql } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must, startFreshNetwork } from '../support/network.ts'

const customer = { id: 'comes-back', email_sha256: emailHash('comes-back') }

test('an order that comes while its customer is erased again brings back all of them', async () => {
  const network = await startFreshNetwork(postgresql.create, {})
  onTestFinished(() => network.stop())
  const { db } = network
  const { parts } = network.server
  const merchant = network.merchants[0]!
  await must(merchant.call('POST', '/v1/customers', customer))
  await must(merchant.call('DELETE', `/v1/customers/${customer.id}`))

  let ordering: Promise<unknown> | undefined
  let isOrdered = false
  /** At the worst moment: the customer's orders were looked for, and all else is erased only now. */
  async function orderMeanwhile(): Promise<void> {
    const order = { order_id: 'the-order', total: 1, currency: 'EUR', customer }
    ordering ??= must(merchant.call('POST', '/v1/order', order)).then(() => (isOrdered = true))
    await vi.waitFor(async () => {
      const { rows } = await sql`
        select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
      expect(isOrdered || rows.length > 0).toBe(true)
    }, 20_000)
  }
  const paused = { ...parts.database, db: db.withPlugin(afterReading('orders', orderMeanwhile)) }
  const organization = parts.directory.current().byId(merchant.organization.id)!
  await eraseCustomer({ ...parts, database: paused }, { organization, act: SERVICE }, customer.id)
  await ordering
  const { checks } = await parts.verify()
  expect(checks.filter(({ drift }) => drift > 0)).toEqual([])
  const { segments } = await must(merchant.call('GET', `/v1/customers/${customer.id}`))
  expect(segments).toMatchObject([{ name: 'active' }])
})

/** Does the work after each statement that reads the table, before its rows are answered. */
function afterReading(table: string, work: () => Promise<void>): KyselyPlugin {
  const reading = new WeakSet<QueryId>()
  return {
    transformQuery({ node, queryId }) {
      const text = RawNode.is(node) ? node.sqlFragments.join(' ') : ''
      if (new RegExp(`from ${table}\\b`).test(text)) reading.add(queryId)
      return node
    },
    async transformResult({ result, queryId }) {
      if (reading.has(queryId)) await work()
      return result
    },
  }
}
