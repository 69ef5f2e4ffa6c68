import { expect, test } from 'vitest'
import { parseHttpDate } from '../../src/kernel/http-date.ts'

const now = new Date('2026-03-01T12:00:00Z')
const read = (text: string) => {
  const time = parseHttpDate(text, now)
  return time === undefined ? undefined : new Date(time).toISOString()
}

test.each([
  ['Sun, 06 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
  ['Sunday, 06-Nov-94 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
  ['Sun Nov  6 08:49:37 1994', '1994-11-06T08:49:37.000Z'],
  ['Sunday, 01-Mar-26 12:05:00 GMT', '2026-03-01T12:05:00.000Z'],
  ['Sat, 31 Dec 2016 23:59:60 GMT', '2016-12-31T23:59:59.000Z'],
])('%s is %s', (text, date) => {
  expect(read(text)).toBe(date)
})

test.each([
  'soon',
  '2026-03-01T12:05:00Z',
  'Mon, 30 Feb 2026 12:00:00 GMT',
  'Sun, 01 Mar 2026 24:00:00 GMT',
  'Sun, 01 Mar 2026 12:60:00 GMT',
  'Sun, 01 Mar 2026 12:00:00 CET',
  'March 7',
  '1 2',
])('%s is none', (text) => {
  expect(read(text)).toBeUndefined()
})
