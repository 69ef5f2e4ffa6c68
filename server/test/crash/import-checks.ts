import { sql } from 'kysely'
import { expect } from 'vitest'
import { customerKey, decryptCustomer } from '../../src/customers/customer.ts'
import { clearImports } from '../../src/imports/clear-imports.ts'
import { importKey } from '../../src/imports/store/import.ts'
import type { Database, Db } from '../../src/kernel/database/database.ts'
import { createVault } from '../../src/kernel/vault.ts'
import { readEvents } from '../support/events.ts'
import type { Counts, Known } from './import-file.ts'
import { VAULT_KEY } from './import-place.ts'

/** Each batch was written once: the sums of the batch results are what the import counts. */
export async function expectBatchResults(
  db: Db,
  organization: string,
  id: string,
  counts: Counts,
): Promise<void> {
  const { number } = await organizationOf(db, organization)
  const key = importKey({ number }, id)
  const { rows } = await sql<Counts & { numbers: number[] }>`
    select sum(rows)::int as rows, sum(created)::int as created, sum(updated)::int as updated,
      sum(unchanged)::int as unchanged, sum(rejected)::int as rejected,
      array_agg(number order by number) as numbers
    from import_batch_results where import = ${key}`.execute(db)
  const { numbers = [], ...sums } = rows[0] ?? {}
  expect(sums).toEqual(counts)
  expect(numbers).toEqual(numbers.map((_, index) => index))
  const { rows: imports } = await sql<object>`
    select rows, created, updated, unchanged, rejected, batches, written_batches from imports
    where key = ${key}`.execute(db)
  expect(imports).toEqual([{ ...counts, batches: numbers.length, written_batches: numbers.length }])
}

/** The organization has these customers with these e-mail hashes, and no others. */
export async function expectCustomers(
  db: Db,
  organization: string,
  customers: Known,
): Promise<void> {
  const vault = createVault(Buffer.from(VAULT_KEY, 'hex'))
  const owner = await organizationOf(db, organization)
  const { rows } = await sql<{ id: string; blob: Uint8Array }>`
    select id, blob from customers where erased_at is null and created_at is not null`.execute(db)
  const prefix = customerKey(vault, owner, '').slice(0, 8)
  const own = rows.filter(({ id }) => id.startsWith(prefix))
  const found = own.map((row) => {
    const { id, emails } = decryptCustomer(vault, row)
    expect(customerKey(vault, owner, id ?? '')).toBe(row.id)
    return [id, [...emails].sort()]
  })
  expect(new Map(found as [string, string[]][])).toEqual(customers)
  expect(own.length).toBe(customers.size)
}

/**
 * Of each customer the events are numbered without a gap, and each begins where the last one of that
 * merchant ended. Answers how many each has.
 */
export async function expectChains(db: Db): Promise<Map<string, number>> {
  const bySubject = Map.groupBy(await readEvents(db), ({ subject }) => subject)
  for (const chain of bySubject.values()) {
    expect(chain.map(({ sequence }) => sequence)).toEqual(chain.map((_, index) => index + 1))
    const segments = new Map<number | null, string | null>()
    for (const { merchant, previous, current } of chain) {
      expect(previous).not.toBe(current)
      expect(previous).toBe(segments.get(merchant) ?? 'new')
      segments.set(merchant, current)
    }
  }
  return new Map([...bySubject].map(([subject, { length }]) => [subject, length]))
}

/** Nothing of the files is left, once the chores were done that follow a sudden death. */
export async function expectNoBatches(database: Database): Promise<void> {
  await clearImports(database, { now: new Date(), isStopping: () => false })
  const { rows } = await sql`select import, number from import_batches`.execute(database.db)
  expect(rows).toEqual([])
}

async function organizationOf(db: Db, id: string): Promise<{ id: string; number: number }> {
  const { rows } = await sql<{ id: string; number: number }>`
    select id, number from organizations where id = ${id}`.execute(db)
  if (!rows[0]) throw new Error('the organization is not there')
  return rows[0]
}
