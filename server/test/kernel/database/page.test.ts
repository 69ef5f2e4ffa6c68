import { expect, test } from 'vitest'
import {
  parseCursor,
  parsePosition,
  UUID,
  writeCursor,
  positionCursor,
} from '../../../src/kernel/database/page.ts'

test('a cursor comes back as it was, under the same filters in any order', () => {
  const cursor = writeCursor(['2026-01-01', 3], { state: 'waiting', type: undefined, a: 1 })
  expect(parseCursor(cursor, { a: 1, state: 'waiting' }, 2)).toEqual(['2026-01-01', 3])
  expect(parseCursor(undefined, {}, 2)).toBeUndefined()
})

test('a cursor of other filters, or one that was made up, is refused', () => {
  const cursor = writeCursor([1], { state: 'waiting' })
  expect(() => parseCursor(cursor, { state: 'refused' }, 1)).toThrow(/other filters/)
  expect(() => parseCursor(cursor, { state: 'waiting' }, 2)).toThrow(/not one/)
  const madeUp = ['', 'x', 'bnVsbA', Buffer.from('{"a":1}').toString('base64url')]
  for (const each of madeUp) expect(() => parseCursor(each, {}, 1)).toThrow(/not one/)
})

test('a place comes back as it was written; one that was made up is a 400, and no fault', () => {
  const filters = { merchant: 1 }
  const place = {
    at: new Date('2026-03-01T12:00:00.001Z'),
    id: '00000001-0000-4000-8000-00000000000a',
  }
  const cursor = positionCursor('before', place, filters) ?? ''
  expect(parsePosition(cursor, filters, UUID)).toEqual({ isBackward: true, from: place })
  const exact = { ...place, at: '2026-03-01T12:00:00.001007Z' }
  const exactCursor = positionCursor('after', exact, filters) ?? ''
  expect(parsePosition(exactCursor, filters, UUID)).toEqual({ isBackward: false, from: exact })
  expect(parsePosition(undefined, filters, UUID)).toEqual({ isBackward: false, from: undefined })
  expect(positionCursor('after', undefined, filters)).toBe(null)
  const madeUp = [
    ['after', 1, 'not a uuid'],
    ['after', 1, 7],
    ['after', -1, place.id],
    ['after', 8.64e15, place.id],
    ['after', 'soon', place.id],
    ['after', '2026-03-01T12:00:00.001Z', place.id],
    ['after', null, null],
  ]
  for (const position of madeUp) {
    const forged = writeCursor(position, filters)
    expect(() => parsePosition(forged, filters, UUID), String(position)).toThrow('cursor')
  }
})
