import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'
import type { Counts, Import, Preview } from './import.ts'
import { IMPORT_COLUMNS } from './import-store.ts'

export interface Lease {
  token: string
  until: Date
  now: Date
}

/**
 * Takes the oldest import that has something to be done and that nobody works on: a check, a run or an
 * undo that was interrupted, or the next one of an organization of which none is running. The one that
 * has the lease's token already was taken by a tx whose answer was lost.
 */
export async function claimImport(tx: Tx, lease: Lease): Promise<Import | undefined> {
  const { rows } = await sql<Import>`
    update imports i set token = ${lease.token}, lease_until = ${lease.until},
      state = case when i.state = 'waiting' then 'running' else i.state end,
      started_at = case when i.state = 'waiting' then coalesce(i.started_at, ${lease.now})
        else i.started_at end
    where i.key = (
      select c.key from imports c
      where c.state in ('checking', 'waiting', 'running', 'undoing')
        and (c.lease_until is null or c.lease_until <= ${lease.now} or c.token = ${lease.token})
        and (c.state <> 'waiting' or not exists (
          select 1 from imports o where o.organization = c.organization
            and (o.state in ('running', 'undoing')
              or (o.state = 'waiting' and (o.created_at, o.key) < (c.created_at, c.key)))))
      order by c.token is not distinct from ${lease.token}::uuid desc,
        c.state in ('running', 'undoing') desc, c.created_at
      limit 1 for no key update skip locked)
    returning ${IMPORT_COLUMNS}`.execute(tx)
  return rows[0]
}

/** Goes on holding it; false once somebody else does, or it was moved on by hand. */
export async function holdImport(
  db: Db,
  { key, state }: Pick<Import, 'key' | 'state'>,
  { token, until }: Pick<Lease, 'token' | 'until'>,
): Promise<boolean> {
  const { rows } = await sql`
    update imports set lease_until = ${until}
    where key = ${key} and token = ${token} and state = ${state} returning key`.execute(db)
  return rows.length > 0
}

/** Lets go of it, so that another goes on at once. */
export async function releaseImport(db: Db, key: string, token: string): Promise<void> {
  await sql`
    update imports set token = null, lease_until = null
    where key = ${key} and token = ${token}`.execute(db)
}

/** For the embedded database at its start: whoever held leases is no more. */
export async function endImportLeases(tx: Tx): Promise<void> {
  await sql`
    update imports set token = null, lease_until = null where token is not null`.execute(tx)
}

/** What came of a check: the import is ready, or goes on at once. */
export async function endCheck(
  tx: Tx,
  checked: { key: string; token: string; blob: Uint8Array | null; preview: Preview | null },
  at: Date,
): Promise<void> {
  const preview = checked.preview && JSON.stringify(checked.preview)
  await sql`
    update imports set state = case when starts_at_once then 'waiting' else 'ready' end,
      blob = ${checked.blob}, preview = ${preview}::jsonb, token = null, lease_until = null,
      modified_at = ${at}
    where key = ${checked.key} and token = ${checked.token} and state = 'checking'`.execute(tx)
}

export interface WrittenPart extends Counts {
  key: string
  token: string
  /** The part's number: the parts before it are written, and it is not. */
  number: number
  rowsPerSecond: number | null
  leaseUntil: Date
}

/** Counts a part as written and locks the import until the tx ends; false if it may not be written. */
export async function advanceWriting(tx: Tx, part: WrittenPart, at: Date): Promise<boolean> {
  const { rows } = await sql`
    update imports set written = written + 1, rows = rows + ${part.rows},
      created = created + ${part.created}, updated = updated + ${part.updated},
      unchanged = unchanged + ${part.unchanged}, rejected = rejected + ${part.rejected},
      rows_per_second = ${part.rowsPerSecond}, lease_until = ${part.leaseUntil}, modified_at = ${at}
    where key = ${part.key} and token = ${part.token} and state = 'running'
      and written = ${part.number}
    returning key`.execute(tx)
  return rows.length > 0
}

/** How far a sweep or an undo has come: the chunk that comes next. */
export interface TakenBack {
  key: string
  token: string
  state: 'running' | 'undoing'
  from: { import: string | null; chunk: number }
  to: { import: string | null; chunk: number }
  customers: number
  leaseUntil: Date
}

export async function advanceTakingBack(tx: Tx, taken: TakenBack, at: Date): Promise<boolean> {
  const { from, to, customers } = taken
  const count = sql.raw(taken.state === 'running' ? 'removed' : 'undone')
  const { rows } = await sql`
    update imports set ${count} = ${count} + ${customers}, swept_import = ${to.import},
      swept_chunk = ${to.chunk}, lease_until = ${taken.leaseUntil}, modified_at = ${at}
    where key = ${taken.key} and token = ${taken.token} and state = ${taken.state}
      and swept_import is not distinct from ${from.import}::uuid and swept_chunk = ${from.chunk}
    returning key`.execute(tx)
  return rows.length > 0
}

/** Whether the sweep or the undo of whoever holds the import has come as far as that. */
export async function isTakenBack(
  db: Db,
  { key, token, state, to }: Pick<TakenBack, 'key' | 'token' | 'state' | 'to'>,
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from imports
    where key = ${key} and token = ${token} and state = ${state}
      and swept_import = ${to.import}::uuid and swept_chunk = ${to.chunk}`.execute(db)
  return rows.length > 0
}

/** The organization's imports before this one that may have given something, the oldest first. */
export async function listImportsBefore(
  db: Db,
  { organization, key }: Pick<Import, 'organization' | 'key'>,
): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    select key from imports i
    where organization = ${organization} and key <> ${key} and written > 0
      and exists (select 1 from import_chunks c where c.import = i.key and c.customers <> '{}')
    order by key`.execute(db)
  return rows.map((row) => row.key)
}

/** Ends a run or an undo that has come to its end. */
export async function endWork(
  tx: Tx,
  { key, token }: { key: string; token: string },
  to: 'finished' | 'undone',
  at: Date,
): Promise<boolean> {
  const from = to === 'finished' ? 'running' : 'undoing'
  const { rows } = await sql`
    update imports set state = ${to}, token = null, lease_until = null, ended_at = ${at},
      modified_at = ${at}, swept_import = null, swept_chunk = 0
    where key = ${key} and token = ${token} and state = ${from} returning key`.execute(tx)
  return rows.length > 0
}
