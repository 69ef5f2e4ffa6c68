import { createHash } from 'node:crypto'
import { invalidField } from '../problem.ts'

export const DEFAULT_PAGE_SIZE = 50
export const MAX_PAGE_SIZE = 500

/** One page of a list, by keyset pagination: the objects, and where the next and the previous page begin. */
export interface Page<T> {
  objects: T[]
  next: string | null
  previous: string | null
}

/** Where a page begins, and for which filters this is true. */
export type Cursor = (string | number | null)[]

function digestOf(filters: Record<string, unknown>): string {
  const entries = Object.entries(filters).filter(([, value]) => value !== undefined)
  return createHash('sha256')
    .update(JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest('base64url')
    .slice(0, 8)
}

/** An opaque cursor, bound to the filters it was made under. */
export function writeCursor(position: Cursor, filters: Record<string, unknown>): string {
  return Buffer.from(JSON.stringify([digestOf(filters), ...position])).toString('base64url')
}

/** The position in a cursor; a 400 for one that is malformed or was made under other filters. */
export function parseCursor(
  cursor: string | undefined,
  filters: Record<string, unknown>,
  length: number,
): Cursor | undefined {
  if (cursor === undefined) return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    parsed = undefined
  }
  if (!Array.isArray(parsed) || parsed.length !== length + 1 || !parsed.every(isPlain)) {
    throw invalidField('cursor', 'cursor is not one that this API gave out')
  }
  if (parsed[0] !== digestOf(filters)) {
    throw invalidField('cursor', 'cursor was made under other filters; begin again without it')
  }
  return parsed.slice(1) as Cursor
}

/** Keyset pagination: a position in a list that is sorted by a time, and by an id where times are equal. */
export interface KeysetPosition {
  /** RFC 3339, to the microsecond, where rows may have times that differ by less than a millisecond. */
  at: Date | string
  id: string
}

const EXACT_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/

// The last millisecond of the year 9999: the database refuses a later one, which a caller can make up.
const LATEST_MS = 253_402_300_799_999

/** In which direction such a list goes on, and behind which position; undefined: from its beginning. */
export function parsePosition(
  cursor: string | undefined,
  filters: Record<string, unknown>,
  isId: RegExp,
): { isBackward: boolean; from: KeysetPosition | undefined } {
  const position = parseCursor(cursor, filters, 3)
  if (!position) return { isBackward: false, from: undefined }
  const [direction, at, id] = position
  const time = timeOf(at)
  if (time === undefined || typeof id !== 'string' || !isId.test(id)) {
    throw invalidField('cursor', 'cursor is not one that this API gave out')
  }
  return { isBackward: direction === 'before', from: { at: time, id } }
}

/** Undefined for what is neither milliseconds nor exact. */
function timeOf(at: string | number | null | undefined): Date | string | undefined {
  if (typeof at === 'string') return EXACT_TIME.test(at) ? at : undefined
  const isTime = Number.isInteger(at) && Number(at) >= 0 && Number(at) <= LATEST_MS
  return isTime ? new Date(Number(at)) : undefined
}

/** A cursor to what comes after the position, or before it; null without one. */
export function positionCursor(
  direction: 'after' | 'before',
  position: KeysetPosition | undefined,
  filters: Record<string, unknown>,
): string | null {
  if (!position) return null
  const { at, id } = position
  return writeCursor([direction, typeof at === 'string' ? at : at.getTime(), id], filters)
}

/**
 * The page of such a list that was read: `found` has one more than `pageSize` where it goes on. Where it
 * has not, `scanEnd` is up to where was looked, if there is more behind it.
 */
export function toPage<T>(
  found: T[],
  options: {
    pageSize: number
    isBackward: boolean
    from: KeysetPosition | undefined
    positionOf: (row: T) => KeysetPosition
    scanEnd?: KeysetPosition | undefined
    filters: Record<string, unknown>
  },
): Page<T> {
  const { pageSize, isBackward, from, positionOf, scanEnd, filters } = options
  const rows = found.slice(0, pageSize)
  const [first, last] = [rows.at(0), rows.at(-1)]
  // Where the page ends in the direction it was read, and where it began.
  const end = found.length > pageSize && last !== undefined ? positionOf(last) : scanEnd
  const begin = first === undefined ? from : positionOf(first)
  const [next, previous] = isBackward ? [begin, end] : [end, from && begin]
  return {
    objects: isBackward ? rows.reverse() : rows,
    next: positionCursor('after', next, filters),
    previous: positionCursor('before', previous, filters),
  }
}

export const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

/**
 * One page of a list that is all in memory, sorted by `positionOf`, which no two have in common. The
 * cursor is good for a list made with the same filters only.
 */
export function slicePage<T, P extends string | number>(
  all: readonly T[],
  positionOf: (each: T) => P,
  options: {
    cursor: string | undefined
    pageSize: number | undefined
    filters: Record<string, unknown>
  },
): Page<T> {
  const { cursor, pageSize = DEFAULT_PAGE_SIZE, filters } = options
  const [direction, edge] = (parseCursor(cursor, filters, 2) ?? []) as [string?, P?]
  const isBefore = direction === 'before'
  const matching = all.filter((each) => {
    if (edge === undefined) return true
    return isBefore ? positionOf(each) < edge : positionOf(each) > edge
  })
  const objects = isBefore ? matching.slice(-pageSize) : matching.slice(0, pageSize)
  const [first, last] = [objects.at(0), objects.at(-1)]
  const hasBefore = first !== undefined && first !== all.at(0)
  const hasAfter = last !== undefined && last !== all.at(-1)
  return {
    objects,
    next: hasAfter ? writeCursor(['after', positionOf(last)], filters) : null,
    previous: hasBefore ? writeCursor(['before', positionOf(first)], filters) : null,
  }
}

function isPlain(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'number'
}
