import { sql } from 'kysely'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createEraseCustomer } from '../../src/reports/erase-customer.ts'
import { createForgetCustomer } from '../../src/orders/erase-customer-from-orders.ts'
import { deleteMemberships } from '../../src/segments/membership-store.ts'
import { createSegments } from '../../src/segments/update-memberships.ts'
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

  const forgetInOrders = createForgetCustomer(parts.vault)
  let ordering: Promise<unknown> | undefined
  let isOrdered = false
  const eraseAgain = createEraseCustomer({
    ...parts,
    segments: createSegments(parts),
    wake: () => undefined,
    // At the worst moment: it was seen that the customer is erased, and is forgotten only now.
    async forget(tx, key) {
      const order = { order_id: 'the-order', total: 1, currency: 'EUR', customer }
      ordering ??= must(merchant.call('POST', '/v1/order', order)).then(() => (isOrdered = true))
      await vi.waitFor(async () => {
        const { rows } = await sql`
          select 1 from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
        expect(isOrdered || rows.length > 0).toBe(true)
      }, 20_000)
      await forgetInOrders(tx, key)
      await deleteMemberships(tx, [key])
      return false
    },
  })
  const organization = parts.directory.current().byId(merchant.organization.id)!
  await eraseAgain(organization, customer.id)
  await ordering
  const { checks } = await parts.verify()
  expect(checks.filter(({ drift }) => drift > 0)).toEqual([])
  const { segments } = await must(merchant.call('GET', `/v1/customers/${customer.id}`))
  expect(segments).toMatchObject([{ name: 'active' }])
})
