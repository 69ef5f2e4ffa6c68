import { visibleMerchants } from '../customers/customer-answer.ts'
import { isAboveFloor } from '../customers/privacy-floor.ts'
import { parseDateField } from '../kernel/date-field.ts'
import { retry } from '../kernel/database/transaction.ts'
import { invalidField } from '../kernel/problem.ts'
import type { Organization } from '../organizations/organization.ts'
import { segmentsSeenSince } from '../segments/since.ts'
import { decryptCounts } from './counts.ts'
import type { CommissionCount, MoveCount, SegmentCounts } from './counts.ts'
import { listDays } from './day-store.ts'
import type { ReportName } from './day-store.ts'
import type { CountingParts, Reports } from './keep-reports.ts'
import { addDays, dayOf, dayStart } from './utc-day.ts'

/** From `start` on and before `end`: UTC days, `YYYY-MM-DD`. */
export interface DayRange {
  start: string
  end: string
}

export interface ReadingParts extends CountingParts {
  reports: Reports
}

const DEFAULT_DAYS = 30
/** More days are not read at once: each is decrypted by itself. */
export const MOST_DAYS = 400

/** The days of a query: the last thirty unless given. @throws Problem 400 */
export function parseDays(
  now: Date,
  query: { start?: string | undefined; end?: string | undefined },
): DayRange {
  const end = query.end === undefined ? addDays(dayOf(now), 1) : parseDay(query.end, 'end')
  const start =
    query.start === undefined ? addDays(end, -DEFAULT_DAYS) : parseDay(query.start, 'start')
  if (start >= end)
    throw invalidField('end', 'end must be later than start: it is the day after the last')
  if (addDays(start, MOST_DAYS) < end) {
    throw invalidField('start', `start must be at most ${MOST_DAYS} days before end`)
  }
  return { start, end }
}

function parseDay(text: string, field: string): string {
  const { time } = parseDateField(text, field)
  const day = dayOf(new Date(time))
  if (dayStart(day).getTime() === new Date(time).getTime()) return day
  throw invalidField(field, `${field} must be a day in UTC, such as 2026-07-25`)
}

/** The counts of days, and since when they are up to date; null where nothing was counted yet. */
export interface Read<T> {
  asOf: Date | null
  days: { day: string; asOf: Date; counts: T }[]
}

async function readDays<T>(
  { database, vault, reports }: ReadingParts,
  organization: Organization,
  report: ReportName,
  range: DayRange,
): Promise<Read<T>> {
  const state = await reports.refresh(organization, report)
  const key = { organization: organization.number, report }
  const rows = await retry(() => listDays(database.db, key, range))
  return {
    asOf: state?.as_of ?? null,
    days: rows.map((row) => ({
      ...{ day: row.day, asOf: row.as_of },
      counts: decryptCounts<T>(vault, key, row),
    })),
  }
}

/** The counts of a day as their publisher may see them now. */
export interface SeenCounts extends SegmentCounts {
  /** Whether a merchant is left out, so that `matched` is of more merchants than are seen. */
  isPartial: boolean
}

/** A publisher's customers by segment; null on days on which they were fewer than the floor. */
export async function readSegments(
  parts: ReadingParts,
  publisher: Organization,
  range: DayRange,
): Promise<Read<SeenCounts | null>> {
  const { asOf, days } = await readDays<SegmentCounts>(parts, publisher, 'segments', range)
  const snapshot = parts.directory.current()
  // Of a merchant whose segments it does not see any more it is told nothing, nor what it saw in an earlier stretch.
  const seenSince = new Map(
    visibleMerchants(publisher, snapshot).map((merchant) => {
      const partnership = snapshot.partnership(publisher.number, merchant.number)
      return [merchant.number, segmentsSeenSince(merchant, partnership)]
    }),
  )
  const isSeen = (merchant: number, at: Date): boolean => {
    const since = seenSince.get(merchant)
    return since !== undefined && since <= at
  }
  return {
    asOf,
    days: days.map(({ day, asOf: at, counts }) => {
      if (!isAboveFloor(counts.customers)) return { day, asOf: at, counts: null }
      const merchants = counts.merchants.filter(({ merchant }) => isSeen(merchant, at))
      const isPartial = merchants.length < counts.merchants.length
      return { day, asOf: at, counts: { ...counts, merchants, isPartial } }
    }),
  }
}

export type MoveDay = MoveCount & { day: string }

/** How many of a publisher's customers moved. */
export async function readMoves(
  parts: ReadingParts,
  publisher: Organization,
  range: DayRange,
): Promise<{ asOf: Date | null; moves: MoveDay[] }> {
  const { asOf, days } = await readDays<MoveCount[]>(parts, publisher, 'moves', range)
  const moves = days.flatMap(({ day, counts }) => counts.map((count) => ({ day, ...count })))
  return { asOf, moves }
}

export type CommissionDay = CommissionCount & { day: string }

/** What a publisher is owed, or a merchant owes; whole transactions, or their lines by category. */
export async function readCommissions(
  parts: ReadingParts,
  organization: Organization,
  range: DayRange,
  { byCategory }: { byCategory: boolean },
): Promise<{ asOf: Date | null; commissions: CommissionDay[] }> {
  const { asOf, days } = await readDays<CommissionCount[]>(
    parts,
    organization,
    'commissions',
    range,
  )
  const commissions = days.flatMap(({ day, counts }) =>
    counts
      .filter(({ category }) => (category !== undefined) === byCategory)
      .map((count) => ({ day, ...count })),
  )
  return { asOf, commissions }
}
