import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { createSubjects } from '../../../src/reports/subjects.ts'
import { databases } from '../../support/databases.ts'
import { useWorld } from '../../webhooks/world.ts'

describe.each(databases)('whose transactions are, on $name', (testDatabase) => {
  const world = useWorld(testDatabase)

  async function insertTransaction(blobOf: (key: string) => Buffer): Promise<string> {
    const { publisher, merchant, clock } = world
    const [key, now] = [world.transaction(null), clock.now()]
    await sql`
      insert into transactions (id, publisher, merchant, order_key, currency, amount, commissions,
        blob, attributed_at, finalize_at, created_at, modified_at)
      values (${key}, ${publisher.number}, ${merchant.number}, ${key}, 'USD', 0, '{}',
        ${blobOf(key)}, ${now}, ${now}, ${now}, ${now})`.execute(world.database.db)
    return key
  }

  const write = (publisher_customer_id: string | null) => (key: string) => {
    const content = { btn_ref: 'srctok-0123456789abcdef', publisher_customer_id, pub_ref: null }
    return world.vault.encrypt(`transactions/${key}`, content)
  }

  test('their ids are read; one that was damaged is logged and keeps no other', async () => {
    const named = await insertTransaction(write('customer-1'))
    const nameless = await insertTransaction(write(null))
    const damaged = await insertTransaction(() => write('customer-2')('another'))
    const absent = world.transaction(null)

    const { listTransactionCustomerIds } = createSubjects(world.vault, world.log)
    const { db } = world.database
    expect(await listTransactionCustomerIds(db, [named, nameless, damaged, absent])).toEqual(
      new Map([
        [named, 'customer-1'],
        [nameless, null],
      ]),
    )
    const errors = world.logged.filter((line) => line.includes('A transaction cannot be read'))
    expect(errors).toHaveLength(1)
    expect(errors[0]).toContain(damaged)
  })
})
