import type { NewsKey } from './feed-store.ts'

export function compareKeys(a: NewsKey, b: NewsKey): number {
  return a.tx - b.tx || compare(a.subject, b.subject) || a.sequence - b.sequence
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/**
 * The events of a page in the order in which they are told. It is that of their txs, but of two events of
 * one subject the later can have been written by the tx with the lower number: that one wrote
 * something else first, and then waited for the subject's lock. The earlier event is told with the
 * later one then, in its tx's place.
 *
 * `events` are all that happened to the subjects of the page between its two snapshots; the page is
 * what has its place behind `after`, up to `last`.
 */
export function orderNews<T extends NewsKey>(
  events: T[],
  after: NewsKey | undefined,
  last: NewsKey,
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

function keyOf({ tx, subject, sequence }: NewsKey): NewsKey {
  return { tx, subject, sequence }
}
