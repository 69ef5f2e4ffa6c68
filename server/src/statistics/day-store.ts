import { sql } from 'kysely'
import type { Db } from '../kernel/database/database.ts'

/** What is counted, each by days. */
export type ReportName = 'segments' | 'moves' | 'commissions'

/** The row of one day's counts. */
export interface ReportDay {
  /** `YYYY-MM-DD`, UTC. */
  day: string
  as_of: Date
  due_at: Date | null
  /** Encrypted; see `encryptCounts`. */
  counts: Uint8Array
}

export interface ReportState {
  /** When the last count that came to its end began. */
  as_of: Date
  took_ms: number
}

/** Whose report it is. */
export interface ReportKey {
  organization: number
  report: ReportName
}

/** Writes the day, unless a count that began later has. */
export async function writeDay(
  db: Db,
  { organization, report }: ReportKey,
  { day, as_of: asOf, due_at: dueAt, counts }: ReportDay,
): Promise<void> {
  await sql`
    insert into report_days (organization, report, day, as_of, due_at, counts)
    values (${organization}, ${report}, ${day}, ${asOf}, ${dueAt}, ${counts})
    on conflict (organization, report, day) do update
      set as_of = excluded.as_of, due_at = excluded.due_at, counts = excluded.counts
      where report_days.as_of <= excluded.as_of`.execute(db)
}

/** From `start` on and before `end`, the oldest first. */
export async function listDays(
  db: Db,
  { organization, report }: ReportKey,
  { start, end }: { start: string; end: string },
): Promise<ReportDay[]> {
  const { rows } = await sql<ReportDay>`
    select day::text as day, as_of, due_at, counts from report_days
    where organization = ${organization} and report = ${report}
      and day >= ${start}::date and day < ${end}::date
    order by day`.execute(db)
  return rows
}

/** The days whose counts time has changed. */
export async function listDueDays(
  db: Db,
  { organization, report }: ReportKey,
  now: Date,
): Promise<string[]> {
  const { rows } = await sql<{ day: string }>`
    select day::text as day from report_days
    where organization = ${organization} and report = ${report} and due_at <= ${now}`.execute(db)
  return rows.map(({ day }) => day)
}

export async function findState(
  db: Db,
  { organization, report }: ReportKey,
): Promise<ReportState | undefined> {
  const { rows } = await sql<ReportState>`
    select as_of, took_ms from report_states
    where organization = ${organization} and report = ${report}`.execute(db)
  return rows[0]
}

export async function writeState(
  db: Db,
  { organization, report }: ReportKey,
  { as_of: asOf, took_ms: tookMs }: ReportState,
): Promise<void> {
  await sql`
    insert into report_states (organization, report, as_of, took_ms)
    values (${organization}, ${report}, ${asOf}, ${tookMs})
    on conflict (organization, report) do update
      set as_of = excluded.as_of, took_ms = excluded.took_ms
      where report_states.as_of < excluded.as_of`.execute(db)
}
