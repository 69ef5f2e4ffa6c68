import type { Cause } from '../events/event.ts'
import { MINUTE_MS } from '../kernel/durations.ts'
import { countEvents } from './count-store.ts'
import type { CountedDay, Counting } from './counting.ts'
import type { MoveCount } from './counts.ts'
import { addDays, dayOf, listUtcDays, dayStart } from './utc-day.ts'

/** How far back a count looks again: for what was committed late, and for a process whose clock is behind. */
export const LATE_MS = MINUTE_MS

/**
 * Moves of a publisher's customers by day: the changes of segment that it was told of, by a webhook or quietly. Days
 * that ended before the last count began are done; the first count takes in what is kept of events.
 */
export async function* countMoves(
  { db, organization, now, isStopping }: Counting,
  since: Date | undefined,
  eventDays: number,
): AsyncGenerator<CountedDay<MoveCount[]>> {
  const today = dayOf(now)
  // What was dropped before it was counted is not to be counted as nothing.
  const kept = addDays(today, 1 - eventDays)
  const last = since ? dayOf(new Date(since.getTime() - LATE_MS)) : kept
  const first = last < kept ? kept : last
  // One statement a day, so that none takes long.
  for (const day of listUtcDays(first, addDays(today, 1))) {
    if (isStopping()) return
    const times = { start: dayStart(day), end: dayStart(addDays(day, 1)) }
    const rows = await countEvents(db, organization.number, times)
    const counts = rows.map((row) => ({ ...row, cause: row.cause as Cause }))
    // Before its first event an organization needs no rows of nothing.
    if (since || counts.length > 0) yield { day, counts, dueAt: null }
  }
}
