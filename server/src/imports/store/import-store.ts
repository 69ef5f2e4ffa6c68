import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'
import type { KeysetPosition } from '../../kernel/database/page.ts'
import type { Import, ImportState } from './import.ts'
import { UNENDED } from './import.ts'

// By name: a statement that was prepared before a column was added goes on working.
const OTHER_COLUMNS = `key, organization, state, kind, mode, quiet, starts_at_once,
  received_bytes, total_rows, batches, preview, written_batches, rows, created, updated, unchanged, rejected,
  rows_per_second, swept_import, swept_batch, removed, undone, confirmed, is_cleared, restored, replaced_by,
  error, token, lease_until, created_at, started_at, ended_at, modified_at`
export const IMPORT_COLUMNS = sql.raw(`blob, ${OTHER_COLUMNS}`)
// Reports are of any size up to 64 KiB: a page of them would be megabytes.
const SUMMARY_COLUMNS = sql.raw(`null::bytea as blob, ${OTHER_COLUMNS}`)

export type NewImport = Pick<
  Import,
  'key' | 'organization' | 'kind' | 'mode' | 'quiet' | 'starts_at_once' | 'created_at'
> & { repeat_key: string | null }

/** Inserts it in state `receiving`; false where an unended one has its repeat key. */
export async function insertImport(tx: Tx, made: NewImport): Promise<boolean> {
  const { rows } = await sql`
    insert into imports (key, organization, state, kind, mode, quiet, starts_at_once, repeat_key,
      created_at, modified_at)
    values (${made.key}, ${made.organization}, 'receiving', ${made.kind}, ${made.mode},
      ${made.quiet}, ${made.starts_at_once}, ${made.repeat_key}, ${made.created_at},
      ${made.created_at})
    on conflict do nothing returning key`.execute(tx)
  return rows.length > 0
}

export async function findImport(db: Db, key: string): Promise<Import | undefined> {
  const { rows } =
    await sql<Import>`select ${IMPORT_COLUMNS} from imports where key = ${key}`.execute(db)
  return rows[0]
}

export async function findByRepeatKey(
  db: Db,
  organization: number,
  repeatKey: string,
): Promise<Import | undefined> {
  const { rows } = await sql<Import>`
    select ${IMPORT_COLUMNS} from imports
    where organization = ${organization} and repeat_key = ${repeatKey}
      and state = any(${UNENDED}::text[])`.execute(db)
  return rows[0]
}

/** An organization's imports without what was found in their files, the newest first. */
export async function listImports(
  db: Db,
  organization: number,
  { before, limit }: { before: KeysetPosition | undefined; limit: number },
): Promise<Import[]> {
  const { rows } = await sql<Import>`
    select ${SUMMARY_COLUMNS} from imports
    where organization = ${organization}
      ${before ? sql`and (created_at, key) < (${before.at}, ${before.id}::uuid)` : sql``}
    order by created_at desc, key desc limit ${limit}`.execute(db)
  return rows
}

export async function countUnended(db: Db, organization: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from imports
    where organization = ${organization} and state = any(${UNENDED}::text[])`.execute(db)
  return rows[0]?.count ?? 0
}

export interface ImportMove {
  from: ImportState[]
  to: ImportState
  at: Date
  /** How many customers may lose something, with a start. */
  confirmed?: number | null
}

/**
 * Moves it on if it is in one of these states; undefined if it isn't. A revert after that begins at its
 * first batch: the undo of a cancelled replacement does not go on where the replacement's sweep was.
 */
export async function moveImport(
  tx: Tx,
  key: string,
  { from, to, at, confirmed = null }: ImportMove,
): Promise<Import | undefined> {
  const ends = ['finished', 'refused', 'cancelled', 'undone'].includes(to)
  const { rows } = await sql<Import>`
    update imports set state = ${to}, modified_at = ${at}, token = null, lease_until = null,
      swept_import = null, swept_batch = 0, confirmed = ${confirmed},
      ended_at = case when ${ends}::boolean then ${at}::timestamptz else ended_at end
    where key = ${key} and state = any(${from}::text[])
    returning ${IMPORT_COLUMNS}`.execute(tx)
  return rows[0]
}

/** Fences the upload: only who has this token may write it from now on. Undefined if it is not receiving. */
export async function claimReceiving(
  tx: Tx,
  key: string,
  { token, at }: { token: string; at: Date },
): Promise<Import | undefined> {
  const { rows } = await sql<Import>`
    update imports set token = ${token}, modified_at = ${at}
    where key = ${key} and state = 'receiving'
    returning ${IMPORT_COLUMNS}`.execute(tx)
  return rows[0]
}

/** How far a file has come, and how many batches were kept before. */
export type ReceivingProgress = Pick<
  Import,
  'key' | 'token' | 'blob' | 'received_bytes' | 'total_rows' | 'batches'
> & { batchesBefore: number }

/**
 * Records what was received, under the fencing token; false if another call has taken the upload over,
 * or if this progress is recorded already.
 */
export async function advanceReceiving(
  tx: Tx,
  progress: ReceivingProgress,
  at: Date,
): Promise<boolean> {
  const { rows } = await sql`
    update imports set blob = ${progress.blob}, received_bytes = ${progress.received_bytes},
      total_rows = ${progress.total_rows}, batches = ${progress.batches}, modified_at = ${at}
    where key = ${progress.key} and token = ${progress.token} and state = 'receiving'
      and batches = ${progress.batchesBefore}
    returning key`.execute(tx)
  return rows.length > 0
}

/** Ends the upload of a whole file; undefined if another call has taken it over. */
export async function endReceiving(
  tx: Tx,
  { key, token }: { key: string; token: string },
  at: Date,
): Promise<Import | undefined> {
  const { rows } = await sql<Import>`
    update imports set state = 'checking', token = null, modified_at = ${at}
    where key = ${key} and token = ${token} and state = 'receiving'
    returning ${IMPORT_COLUMNS}`.execute(tx)
  return rows[0]
}

/** An import that was to start at once waits until somebody starts it. */
export async function holdBack(tx: Tx, key: string): Promise<Import | undefined> {
  const { rows } = await sql<Import>`
    update imports set starts_at_once = false where key = ${key}
    returning ${IMPORT_COLUMNS}`.execute(tx)
  return rows[0]
}

/**
 * Ends an import whose file can't be read or worked on, under the token of who found out: what is written of it
 * stays, and can be undone. The undo of one is not given up.
 */
export async function failImport(
  tx: Tx,
  { key, token }: { key: string; token: string },
  error: NonNullable<Import['error']>,
  at: Date,
): Promise<void> {
  await sql`
    update imports set state = case state when 'running' then 'cancelled' else 'refused' end,
      error = ${JSON.stringify(error)}::jsonb, token = null, lease_until = null, ended_at = ${at},
      modified_at = ${at}
    where key = ${key} and token = ${token} and state in ('receiving', 'checking', 'running')`.execute(
    tx,
  )
}

/** Imports that were not touched since then and wait for their file or their start. */
export async function listAbandoned(db: Db, since: Date, limit: number): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    select key from imports
    where state in ('receiving', 'ready') and modified_at < ${since}
    order by created_at limit ${limit}`.execute(db)
  return rows.map((row) => row.key)
}

/** Imports that need their file no more and still have some of it: a process died in between. */
export async function listWithBatches(db: Db, limit: number): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    select key from imports i
    where not state = any(${UNENDED}::text[])
      and exists (select 1 from import_batches b where b.import = i.key)
    order by created_at limit ${limit}`.execute(db)
  return rows.map((row) => row.key)
}
