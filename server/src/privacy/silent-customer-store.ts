import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import { uuidArray } from '../kernel/database/sql-array.ts'
import { keyRange } from '../kernel/key.ts'

/**
 * Whether the customer `c` gave no sign of life since then: it was not reported anew or changed, and no report,
 * look at offers, order, click, transaction or import has named it. Each is looked up by an index, and only for
 * rows that were not changed for so long.
 */
const isSilent = (since: Date) => sql<boolean>`(
  c.erased_at is null and c.modified_at < ${since}
  and not exists (select 1 from last_signs s where s.customer = c.id
    and s.day >= (${since}::timestamptz at time zone 'UTC')::date)
  and not exists (select 1 from orders o where o.customer = c.id and o.modified_at >= ${since})
  and not exists (select 1 from clicks k where k.customer = c.id and k.at >= ${since})
  and not exists (select 1 from transactions t where t.customer = c.id and t.created_at >= ${since})
  and not exists (select 1 from imports i where i.key = any(c.imports || c.named_in)
    and coalesce(i.ended_at, i.modified_at) >= ${since}))`

export interface Scanned {
  id: string
  is_silent: boolean
}

/** The organization's next customers behind this key, guests and erased ones too, in order of key. */
export async function scanCustomers(
  db: Db,
  { organization, after, since }: { organization: number; after: string | undefined; since: Date },
  limit: number,
): Promise<Scanned[]> {
  const { first, last } = keyRange(organization)
  const { rows } = await sql<Scanned>`
    select c.id, ${isSilent(since)} as is_silent from customers c
    where c.id > ${after ?? first}::uuid and c.id <= ${last}::uuid
    order by c.id limit ${limit}`.execute(db)
  return rows
}

/** Of these customers, those that are silent still. */
export async function listSilent(tx: Tx, customers: string[], since: Date): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select c.id from customers c
    where c.id = any(${uuidArray(customers)}::uuid[]) and ${isSilent(since)}
    order by c.id`.execute(tx)
  return rows.map(({ id }) => id)
}

/** True for one process at a time: whose turn it is to look through the organization's customers. */
export async function claimRetentionRun(
  tx: Tx,
  organization: number,
  { now, before }: { now: Date; before: Date },
): Promise<boolean> {
  const { rows } = await sql`
    insert into retention_runs as r (organization, ran_at) values (${organization}, ${now})
    on conflict (organization) do update set ran_at = excluded.ran_at where r.ran_at <= ${before}
    returning 1`.execute(tx)
  return rows.length > 0
}
