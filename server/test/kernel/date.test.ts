import { expect, test } from 'vitest'
import { readDate } from '../../src/kernel/date.ts'

test.each([
  ['2026-07-25', '2026-07-25T00:00:00.000Z'],
  ['2026-07-25T08:23', '2026-07-25T08:23:00.000Z'],
  ['2026-07-25 08:23:52', '2026-07-25T08:23:52.000Z'],
  ['2026-07-25T08:23:52.1234567z', '2026-07-25T08:23:52.123Z'],
  ['2026-07-25T08:23:52+0200', '2026-07-25T06:23:52.000Z'],
  ['0001-01-01', '0001-01-01T00:00:00.000Z'],
  [null, null],
])('%s is %s', (text, date) => {
  expect(readDate(text, 'at')).toBe(date)
})

test.each([
  '',
  '25.07.2026',
  '2026-13-01',
  '1753430632',
  // Years that the database has no name for.
  '0000-12-31',
  '0001-01-01T00:00:00+01:00',
  '9999-12-31T23:59:59-01:00',
])('%s is refused', (text) => {
  expect(() => readDate(text, 'at')).toThrow(/^at must be an ISO 8601 date/)
})
