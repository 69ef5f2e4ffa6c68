import { expect, test } from 'vitest'
import { readCursor, writeCursor } from '../../src/kernel/page.ts'

test('a cursor comes back as it was, under the same filters in any order', () => {
  const cursor = writeCursor(['2026-01-01', 3], { state: 'waiting', type: undefined, a: 1 })
  expect(readCursor(cursor, { a: 1, state: 'waiting' }, 2)).toEqual(['2026-01-01', 3])
  expect(readCursor(undefined, {}, 2)).toBeUndefined()
})

test('a cursor of other filters, or one that was made up, is refused', () => {
  const cursor = writeCursor([1], { state: 'waiting' })
  expect(() => readCursor(cursor, { state: 'refused' }, 1)).toThrow(/other filters/)
  expect(() => readCursor(cursor, { state: 'waiting' }, 2)).toThrow(/not one/)
  const madeUp = ['', 'x', 'bnVsbA', Buffer.from('{"a":1}').toString('base64url')]
  for (const each of madeUp) expect(() => readCursor(each, {}, 1)).toThrow(/not one/)
})
