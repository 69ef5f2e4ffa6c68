import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database/database.ts'
import { retry } from '../../kernel/database/transaction.ts'
import { CLOCK_SKEW_MS } from '../../events/event.ts'
import type { SubscribableType } from '../../events/event.ts'
import { unknownCursor } from './feed-cursor.ts'
import type { ListenPlace, Moment } from './feed-cursor.ts'
import { listNewsKeys, listNewsOf } from './feed-store.ts'
import type { NewsEvent } from './feed-store.ts'
import { orderNews } from './sort-feed.ts'
import { readTxSnapshot } from './tx-snapshot.ts'

export interface NewsParts {
  database: Database
  clock: Clock
}

/** Whose events, and of which types. */
export interface NewsFilter {
  organization: number
  types: readonly SubscribableType[]
}

export interface NewsPage {
  /** Each subject's in order. */
  events: NewsEvent[]
  /** Where the next page begins. */
  next: ListenPlace
}

const DAY_MS = 86_400_000

/**
 * Where to look for what was not in a snapshot of that time: what is found there happened after it, or
 * in a tx that was open. None of ours lives for as long as clocks may differ.
 */
export function newsTimes(at: Date, now: Date): { from: Date; to: Date } {
  return { from: new Date(at.getTime() - CLOCK_SKEW_MS), to: new Date(now.getTime() + DAY_MS) }
}

export async function takeMoment({ database, clock }: NewsParts): Promise<Moment> {
  // The clock first: nothing from before is then taken for seen.
  const at = clock.now()
  return { at, snapshot: await retry(() => readTxSnapshot(database.db)) }
}

/**
 * What an organization was not told yet, at most some `pageSize` events; the earlier events of a
 * subject that are told in a later one's place come on top. Each event is in one page, however late
 * its tx was committed.
 */
export async function listNews(
  parts: NewsParts,
  filter: NewsFilter,
  { heard, telling }: ListenPlace,
  pageSize: number,
): Promise<NewsPage> {
  const { db } = parts.database
  const until = telling?.until ?? (await takeMoment(parts))
  // Such as of a database that another one was put in place of.
  if (heard.snapshot.next > until.snapshot.next) throw unknownCursor()
  const query = {
    ...filter,
    ...newsTimes(heard.at, parts.clock.now()),
    since: heard.snapshot,
    until: until.snapshot,
  }
  const after = telling?.after
  const keys = await retry(() => listNewsKeys(db, { ...query, after, limit: pageSize + 1 }))
  const page = keys.slice(0, pageSize)
  const last = page.at(-1)
  if (!last) return { events: [], next: { heard: until, telling: undefined } }
  const subjects = [...new Set(page.map(({ subject }) => subject))]
  const events = orderNews(await retry(() => listNewsOf(db, query, subjects)), after, last)
  const isLast = keys.length <= pageSize
  const next = isLast
    ? { heard: until, telling: undefined }
    : { heard, telling: { until, after: last } }
  return { events, next }
}
