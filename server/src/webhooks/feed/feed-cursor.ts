import { readCursor, UUID, writeCursor } from '../../kernel/database/page.ts'
import { invalidField } from '../../kernel/problem.ts'
import type { NewsKey } from './feed-store.ts'
import { packSnapshot, unpackSnapshot } from './tx-snapshot.ts'
import type { TxSnapshot } from './tx-snapshot.ts'

/** A snapshot, and by our clock when it was taken. */
export interface Moment {
  at: Date
  snapshot: TxSnapshot
}

/** How far a listener has heard. */
export interface ListenPlace {
  /** Of all that happened up to here. */
  heard: Moment
  /** What it is being told, in pages: all up to that moment. `after` is where the last page ended. */
  telling: { until: Moment; after: NewsKey } | undefined
}

/** A cursor is as long as txs were under way: beside 500 of them it has some 3,000 characters. */
export const MAX_CURSOR_LENGTH = 8_192

export function writeListenPlace({ heard, telling }: ListenPlace, filters: object): string {
  const rest = telling
    ? [
        ...packMoment(telling.until),
        telling.after.tx,
        telling.after.subject,
        telling.after.sequence,
      ]
    : [null, null, null, null, null]
  return writeCursor([...packMoment(heard), ...rest], { ...filters })
}

function packMoment({ at, snapshot }: Moment): [number, string] {
  return [at.getTime(), packSnapshot(snapshot)]
}

/** Undefined without a cursor. A 400 for one that this API did not give out. */
export function readListenPlace(
  cursor: string | undefined,
  filters: object,
): ListenPlace | undefined {
  const position = readCursor(cursor, { ...filters }, 7)
  if (!position) return undefined
  const [at, packed, untilAt, untilPacked, tx, subject, sequence] = position
  const heard = unpackMoment(at, packed)
  if (untilAt === null) return { heard, telling: undefined }
  const isKey =
    isCount(tx) &&
    isCount(sequence) &&
    Number(sequence) <= MAX_INTEGER &&
    UUID.test(String(subject))
  if (!isKey) throw unknownCursor()
  const after = { tx: Number(tx), subject: String(subject), sequence: Number(sequence) }
  return { heard, telling: { until: unpackMoment(untilAt, untilPacked), after } }
}

// The last millisecond of the year 9999: the database would refuse a later one.
const LATEST_MS = 253_402_300_799_999
const MAX_INTEGER = 2 ** 31 - 1

function unpackMoment(at: unknown, packed: unknown): Moment {
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
