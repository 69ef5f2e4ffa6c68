import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database/database.ts'
import { retry } from '../../kernel/database/transaction.ts'
import { CLOCK_SKEW_MS } from '../../events/event.ts'
import type { SubscribableType } from '../../events/event.ts'
import { unknownCursor } from './feed-cursor.ts'
import type { FeedCursor, FeedPoint } from './feed-cursor.ts'
import { listFeedKeys, listFeedEvents } from './feed-store.ts'
import type { FeedEvent } from './feed-store.ts'
import { sortFeed } from './sort-feed.ts'
import { getTxSnapshot } from './tx-snapshot.ts'
import { DAY_MS } from '../../kernel/durations.ts'

export interface FeedParts {
  database: Database
  clock: Clock
}

/** The organization whose events are read, and their types. */
export interface FeedFilter {
  organization: number
  types: readonly SubscribableType[]
}

export interface FeedPage {
  /** Each subject's in order. */
  events: FeedEvent[]
  /** Where the next page begins. */
  next: FeedCursor
}

/**
 * Bounds on the times of events that a snapshot of that time lacks: they happened after it, or in a tx
 * that was open. No tx of ours lives for as long as clocks may differ.
 */
export function feedTimes(at: Date, now: Date): { from: Date; to: Date } {
  return { from: new Date(at.getTime() - CLOCK_SKEW_MS), to: new Date(now.getTime() + DAY_MS) }
}

export async function takeFeedPoint({ database, clock }: FeedParts): Promise<FeedPoint> {
  // The clock first: so no event from before the snapshot is left out.
  const at = clock.now()
  return { at, snapshot: await retry(() => getTxSnapshot(database.db)) }
}

/**
 * One page of an organization's event feed: the events after the cursor, at most some `pageSize`. An
 * earlier event of a subject that comes in a later one's place is on top of these. Each event is in exactly
 * one page, however late its tx was committed.
 */
export async function listFeed(
  parts: FeedParts,
  filter: FeedFilter,
  { since, partial }: FeedCursor,
  pageSize: number,
): Promise<FeedPage> {
  const { db } = parts.database
  const until = partial?.until ?? (await takeFeedPoint(parts))
  // The cursor is of another database, which this one has replaced.
  if (since.snapshot.next > until.snapshot.next) throw unknownCursor()
  const query = {
    ...filter,
    ...feedTimes(since.at, parts.clock.now()),
    since: since.snapshot,
    until: until.snapshot,
  }
  const after = partial?.after
  const keys = await retry(() => listFeedKeys(db, { ...query, after, limit: pageSize + 1 }))
  const page = keys.slice(0, pageSize)
  const last = page.at(-1)
  if (!last) return { events: [], next: { since: until, partial: undefined } }
  const subjects = [...new Set(page.map(({ subject }) => subject))]
  const events = sortFeed(await retry(() => listFeedEvents(db, query, subjects)), after, last)
  const isLast = keys.length <= pageSize
  const next = isLast
    ? { since: until, partial: undefined }
    : { since, partial: { until, after: last } }
  return { events, next }
}
