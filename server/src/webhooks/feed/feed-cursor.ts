import { parseCursor, UUID, writeCursor } from '../../kernel/database/page.ts'
import { invalidField } from '../../kernel/problem.ts'
import type { FeedKey } from './feed-store.ts'
import { packSnapshot, unpackSnapshot } from './tx-snapshot.ts'
import type { TxSnapshot } from './tx-snapshot.ts'

/** A point of the event feed: a snapshot of the database, and when it was taken by our clock. */
export interface FeedPoint {
  at: Date
  snapshot: TxSnapshot
}

/** Cursor of the event feed: how far a client has read. */
export interface FeedCursor {
  /** The client has every event up to here. */
  since: FeedPoint
  /** The range up to `until` that it is reading in pages; `after` is where the last page ended. */
  partial: { until: FeedPoint; after: FeedKey } | undefined
}

/** A cursor grows with the txs under way: beside 500 of them it has some 3,000 characters. */
export const MAX_CURSOR_LENGTH = 8_192

export function formatFeedCursor({ since, partial }: FeedCursor, filters: object): string {
  const rest = partial
    ? [...packPoint(partial.until), partial.after.tx, partial.after.subject, partial.after.sequence]
    : [null, null, null, null, null]
  return writeCursor([...packPoint(since), ...rest], { ...filters })
}

function packPoint({ at, snapshot }: FeedPoint): [number, string] {
  return [at.getTime(), packSnapshot(snapshot)]
}

/** Undefined without a cursor. A 400 for one that this API did not give out. */
export function parseFeedCursor(
  cursor: string | undefined,
  filters: object,
): FeedCursor | undefined {
  const position = parseCursor(cursor, { ...filters }, 7)
  if (!position) return undefined
  const [at, packed, untilAt, untilPacked, tx, subject, sequence] = position
  const since = unpackPoint(at, packed)
  if (untilAt === null) return { since, partial: undefined }
  const isKey =
    isCount(tx) &&
    isCount(sequence) &&
    Number(sequence) <= MAX_INTEGER &&
    UUID.test(String(subject))
  if (!isKey) throw unknownCursor()
  const after = { tx: Number(tx), subject: String(subject), sequence: Number(sequence) }
  return { since, partial: { until: unpackPoint(untilAt, untilPacked), after } }
}

// The last millisecond of the year 9999: the database would refuse a later one.
const LATEST_MS = 253_402_300_799_999
const MAX_INTEGER = 2 ** 31 - 1

function unpackPoint(at: unknown, packed: unknown): FeedPoint {
  const snapshot = unpackSnapshot(packed)
  if (!snapshot || !Number.isInteger(at) || Number(at) < 0 || Number(at) > LATEST_MS)
    throw unknownCursor()
  return { at: new Date(Number(at)), snapshot }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0
}

export function unknownCursor() {
  return invalidField('cursor', 'cursor is not one that this API gave out')
}
