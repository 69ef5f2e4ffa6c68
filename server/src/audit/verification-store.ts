import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import { idPattern } from '../kernel/id.ts'
import type { KeysetPosition } from '../kernel/database/page.ts'
import type { CheckResult } from './check.ts'

export const VERIFICATION_ID = idPattern('verification')

export const VERIFICATION_STATES = ['running', 'finished', 'interrupted'] as const
export type VerificationState = (typeof VERIFICATION_STATES)[number]

/** What a check found, as it is kept. */
export interface KeptResult extends CheckResult {
  took_ms: number
}

/** A verification, as it is kept. */
export interface VerificationRun {
  id: string
  state: VerificationState
  begun_by: string
  started_at: Date
  ended_at: Date | null
  names: string[]
  results: KeptResult[]
}

interface NewRun {
  id: string
  begunBy: string
  names: readonly string[]
  now: Date
  leaseUntil: Date
}

/** A run whose lease has ended was interrupted then, whether somebody has written so by now or not. */
const columns = (now: Date) => sql`id, begun_by, started_at, names, results,
  case when state = 'running' and lease_until <= ${now.toISOString()} then 'interrupted'
    else state end as state,
  case when state = 'running' and lease_until <= ${now.toISOString()} then lease_until
    else ended_at end as ended_at`

/** False where one is running. Repeated with the same id it answers true again. */
export async function insertRun(tx: Tx, run: NewRun): Promise<boolean> {
  await interruptDeadRuns(tx, run.now)
  const { rows } = await sql`
    insert into verifications (id, state, begun_by, started_at, lease_until, names)
    values (${run.id}, 'running', ${run.begunBy}, ${run.now.toISOString()},
      ${run.leaseUntil.toISOString()}, ${[...run.names]}::text[])
    on conflict do nothing returning 1`.execute(tx)
  if (rows.length > 0) return true
  const { rows: mine } = await sql`
    select 1 from verifications where id = ${run.id} and state = 'running'`.execute(tx)
  return mine.length > 0
}

/** Of processes that are not heard of any more. */
async function interruptDeadRuns(tx: Tx, now: Date): Promise<void> {
  await sql`
    update verifications set state = 'interrupted', ended_at = lease_until
    where state = 'running' and lease_until <= ${now.toISOString()}`.execute(tx)
}

/** For the embedded database at its start: the only process that could have run one has ended. */
export async function interruptRuns(tx: Tx, now: Date): Promise<void> {
  await sql`
    update verifications set state = 'interrupted',
      ended_at = greatest(started_at, least(lease_until, ${now.toISOString()}))
    where state = 'running'`.execute(tx)
}

/** Renews the lease; false where the run has ended, such as because another process took it for dead. */
export async function renewRun(db: Db, id: string, until: Date): Promise<boolean> {
  const { rows } = await sql`
    update verifications set lease_until = greatest(lease_until, ${until.toISOString()})
    where id = ${id} and state = 'running' returning 1`.execute(db)
  return rows.length > 0
}

/** Keeps what was found so far; false where the run has ended. */
export async function writeResults(
  db: Db,
  id: string,
  { results, until }: { results: readonly KeptResult[]; until: Date },
): Promise<boolean> {
  const { rows } = await sql`
    update verifications set results = ${JSON.stringify(results)}::jsonb,
      lease_until = greatest(lease_until, ${until.toISOString()})
    where id = ${id} and state = 'running' returning 1`.execute(db)
  return rows.length > 0
}

/** Does nothing where the run has ended. */
export async function endRun(
  db: Db,
  id: string,
  { state, now }: { state: Exclude<VerificationState, 'running'>; now: Date },
): Promise<void> {
  await sql`
    update verifications set state = ${state}, ended_at = greatest(started_at, ${now.toISOString()})
    where id = ${id} and state = 'running'`.execute(db)
}

export async function findRun(db: Db, id: string, now: Date): Promise<VerificationRun | undefined> {
  if (!VERIFICATION_ID.test(id)) return undefined
  const { rows } = await sql<VerificationRun>`
    select ${columns(now)} from verifications where id = ${id}`.execute(db)
  return rows[0]
}

/** The newest first, one more than a page where it goes on. */
export async function listRuns(
  db: Db,
  {
    from,
    isBackward,
    limit,
    now,
  }: { from: KeysetPosition | undefined; isBackward: boolean; limit: number; now: Date },
): Promise<VerificationRun[]> {
  const direction = isBackward ? sql`started_at asc, id asc` : sql`started_at desc, id desc`
  const side = isBackward ? sql`>` : sql`<`
  const { rows } = await sql<VerificationRun>`
    select ${columns(now)} from verifications
    where ${from === undefined ? sql`true` : sql`(started_at, id) ${side} (${from.at}, ${from.id})`}
    order by ${direction} limit ${limit}`.execute(db)
  return rows
}

/** The run that was begun last; with `since`, only where that was no earlier. */
export async function findLastRun(
  db: Db,
  now: Date,
  since?: Date,
): Promise<VerificationRun | undefined> {
  const { rows } = await sql<VerificationRun>`
    select ${columns(now)} from verifications
    where started_at >= ${(since ?? new Date(0)).toISOString()}
    order by started_at desc, id desc limit 1`.execute(db)
  return rows[0]
}

export async function deleteOldRuns(tx: Tx, before: Date): Promise<void> {
  await sql`
    delete from verifications
    where started_at < ${before.toISOString()} and state <> 'running'`.execute(tx)
}
