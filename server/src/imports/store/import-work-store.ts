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
 * Leases the oldest import with work to do and no live lease: a check, a run or an undo that was
 * interrupted, or the next one of an organization of which none is running. An import that has the
 * token already was leased by a tx whose answer was lost. Its token fences every write of the work.
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

/** Renews the lease; false once another process has it, or a call has moved the import on. */
export async function renewLease(
  db: Db,
  { key, state }: Pick<Import, 'key' | 'state'>,
  { token, until }: Pick<Lease, 'token' | 'until'>,
): Promise<boolean> {
  const { rows } = await sql`
    update imports set lease_until = ${until}
    where key = ${key} and token = ${token} and state = ${state} returning key`.execute(db)
  return rows.length > 0
}

/** Releases the lease, so that another process goes on at once. */
export async function releaseLease(db: Db, key: string, token: string): Promise<void> {
  await sql`
    update imports set token = null, lease_until = null
    where key = ${key} and token = ${token}`.execute(db)
}

/** For the embedded database at its start: the only process that could have held leases has ended. */
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

/** A replacement under lease whose losses were counted anew. */
export type CountedImport = Pick<Import, 'key'> & {
  token: string
  blob: Uint8Array | null
  preview: Preview
}

/** What a replacement takes away may be taken. False once the import was moved on by a call. */
export async function clearLosses(tx: Tx, { key, token }: CountedImport): Promise<boolean> {
  const { rows } = await sql`
    update imports set is_cleared = true
    where key = ${key} and token = ${token} and state = 'running' returning key`.execute(tx)
  return rows.length > 0
}

/** A replacement that was started waits until its losses are confirmed. False as for `clearLosses`. */
export async function holdForConfirmation(
  tx: Tx,
  { key, token, blob, preview }: CountedImport,
  at: Date,
): Promise<boolean> {
  const { rows } = await sql`
    update imports set state = 'ready', starts_at_once = false, started_at = null, confirmed = null,
      blob = ${blob}, preview = ${JSON.stringify(preview)}::jsonb, token = null, lease_until = null,
      modified_at = ${at}
    where key = ${key} and token = ${token} and state = 'running' returning key`.execute(tx)
  return rows.length > 0
}

export interface WrittenBatch extends Counts {
  key: string
  token: string
  /** The batch's number: the batches before it are written, and it is not. */
  number: number
  rowsPerSecond: number | null
  leaseUntil: Date
}

/** Counts a batch as written and locks the import until the tx ends; false if it may not be written. */
export async function advanceWriting(tx: Tx, batch: WrittenBatch, at: Date): Promise<boolean> {
  const { rows } = await sql`
    update imports set written_batches = written_batches + 1, rows = rows + ${batch.rows},
      created = created + ${batch.created}, updated = updated + ${batch.updated},
      unchanged = unchanged + ${batch.unchanged}, rejected = rejected + ${batch.rejected},
      rows_per_second = ${batch.rowsPerSecond}, lease_until = ${batch.leaseUntil}, modified_at = ${at}
    where key = ${batch.key} and token = ${batch.token} and state = 'running'
      and written_batches = ${batch.number}
    returning key`.execute(tx)
  return rows.length > 0
}

/** How far a sweep or an undo has come: `to` is the batch that comes next. */
export interface RevertProgress {
  key: string
  token: string
  state: 'running' | 'undoing'
  from: { import: string | null; batch: number }
  to: { import: string | null; batch: number }
  customers: number
  leaseUntil: Date
}

export async function advanceRevert(tx: Tx, taken: RevertProgress, at: Date): Promise<boolean> {
  const { from, to, customers } = taken
  const count = sql.raw(taken.state === 'running' ? 'removed' : 'undone')
  const { rows } = await sql`
    update imports set ${count} = ${count} + ${customers}, swept_import = ${to.import},
      swept_batch = ${to.batch}, lease_until = ${taken.leaseUntil}, modified_at = ${at}
    where key = ${taken.key} and token = ${taken.token} and state = ${taken.state}
      and swept_import is not distinct from ${from.import}::uuid and swept_batch = ${from.batch}
    returning key`.execute(tx)
  return rows.length > 0
}

/** Whether the sweep or the undo under this token has come as far as that. */
export async function isReverted(
  db: Db,
  { key, token, state, to }: Pick<RevertProgress, 'key' | 'token' | 'state' | 'to'>,
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from imports
    where key = ${key} and token = ${token} and state = ${state}
      and swept_import = ${to.import}::uuid and swept_batch = ${to.batch}`.execute(db)
  return rows.length > 0
}

/** Counts customers that got something back, and locks the import; false if it is not to be undone here. */
export async function advanceRestore(
  tx: Tx,
  step: Pick<RevertProgress, 'key' | 'token' | 'customers' | 'leaseUntil'>,
  at: Date,
): Promise<boolean> {
  const { rows } = await sql`
    update imports set restored = restored + ${step.customers}, lease_until = ${step.leaseUntil},
      modified_at = ${at}
    where key = ${step.key} and token = ${step.token} and state = 'undoing' returning key`.execute(
    tx,
  )
  return rows.length > 0
}

/** The organization's imports that were undone. */
export async function listUndone(db: Db, organization: number): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    select key from imports where organization = ${organization} and state = 'undone'`.execute(db)
  return rows.map((row) => row.key)
}

/** From now on this replacement holds in place of those before it that took something. */
export async function replaceEarlier(
  tx: Tx,
  { organization, key }: Pick<Import, 'organization' | 'key'>,
): Promise<void> {
  await sql`
    update imports i set replaced_by = ${key}
    where organization = ${organization} and key <> ${key} and mode = 'replace' and replaced_by is null
      and exists (select 1 from import_removals r where r.import = i.key)`.execute(tx)
}

/** Once a replacement is undone, that which holds in its place holds in place of those before it. */
export async function endReplacing(
  tx: Tx,
  { organization, key, replaced_by: holder }: Pick<Import, 'organization' | 'key' | 'replaced_by'>,
): Promise<void> {
  await sql`
    update imports set replaced_by = ${holder}
    where organization = ${organization} and replaced_by = ${key}`.execute(tx)
}

/** The organization's imports before this one that may have given something, the oldest first. */
export async function listImportsBefore(
  db: Db,
  { organization, key }: Pick<Import, 'organization' | 'key'>,
): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    select key from imports i
    where organization = ${organization} and key <> ${key} and written_batches > 0
      and exists (select 1 from import_batch_results r where r.import = i.key and r.customers <> '{}')
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
      modified_at = ${at}, swept_import = null, swept_batch = 0
    where key = ${key} and token = ${token} and state = ${from} returning key`.execute(tx)
  return rows.length > 0
}
