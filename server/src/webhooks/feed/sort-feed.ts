import type { FeedKey } from './feed-store.ts'

export function compareKeys(a: FeedKey, b: FeedKey): number {
  return a.tx - b.tx || compare(a.subject, b.subject) || a.sequence - b.sequence
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/**
 * Sorts the events of one page of the feed by their txs. But the tx with the lower number may have
 * written the later of two events of a subject: that tx wrote something else first, and then waited for
 * the subject's lock. The earlier event then comes right before the later one, in that one's place.
 *
 * `events` are all events of the page's subjects between its two snapshots; the page holds those whose
 * place is behind `after` and up to `last`.
 */
export function sortFeed<T extends FeedKey>(
  events: T[],
  after: FeedKey | undefined,
  last: FeedKey,
): T[] {
  const placed = [...Map.groupBy(events, ({ subject }) => subject).values()].flatMap((ofOne) => {
    let tx = Infinity
    return ofOne
      .sort((a, b) => b.sequence - a.sequence)
      .map((event) => ({ event, place: { ...keyOf(event), tx: (tx = Math.min(tx, event.tx)) } }))
  })
  return placed
    .filter(({ place }) => compareKeys(place, last) <= 0)
    .filter(({ place }) => !after || compareKeys(place, after) > 0)
    .sort((a, b) => compareKeys(a.place, b.place))
    .map(({ event }) => event)
}

function keyOf({ tx, subject, sequence }: FeedKey): FeedKey {
  return { tx, subject, sequence }
}
