import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalizeDateField } from '../../src/kernel/date-field.ts'
import { parseDate } from '../../src/kernel/date.ts'

test.each([
  ['2026-07-25', '2026-07-25T00:00:00.000Z'],
  ['2026-07-25T08:23', '2026-07-25T08:23:00.000Z'],
  ['2026-07-25 08:23:52', '2026-07-25T08:23:52.000Z'],
  ['2026-07-25T08:23:52.1234567z', '2026-07-25T08:23:52.123Z'],
  ['2026-07-25T08:23:52+0200', '2026-07-25T06:23:52.000Z'],
  // As PostgreSQL writes them.
  ['2021-03-04 05:06:07+00', '2021-03-04T05:06:07.000Z'],
  ['2021-03-04 05:06:07.123456+02', '2021-03-04T03:06:07.123Z'],
  ['2021-03-04 05:06:07.5+05:30', '2021-03-03T23:36:07.500Z'],
  // And others.
  ['2021-03-04 05:06:07 UTC', '2021-03-04T05:06:07.000Z'],
  ['2021-03-04T05:06:07GMT', '2021-03-04T05:06:07.000Z'],
  ['2021-03-04 05:06:07 -0500', '2021-03-04T10:06:07.000Z'],
  ['2021-03-04T05:06:07\u221205:00', '2021-03-04T10:06:07.000Z'],
  ['20260301T120000Z', '2026-03-01T12:00:00.000Z'],
  ['20260301T1200-0330', '2026-03-01T15:30:00.000Z'],
  ['20260301T120000,25', '2026-03-01T12:00:00.250Z'],
  ['2021-03-04T05:06:07,123Z', '2021-03-04T05:06:07.123Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ['2000-02-29T00:00-12:00', '2000-02-29T12:00:00.000Z'],
  ['2026-12-31T24:00:00Z', '2027-01-01T00:00:00.000Z'],
  // A leap second is the last millisecond of its day, wherever it is told from.
  ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.999Z'],
  ['2017-01-01T05:29:60.7+05:30', '2016-12-31T23:59:59.999Z'],
  ['1900-01-01', '1900-01-01T00:00:00.000Z'],
  ['9999-12-31T23:59:59.9999999', '9999-12-31T23:59:59.999Z'],
  [null, null],
])('%s is %s', (text, date) => {
  expect(normalizeDateField(text, 'at')).toBe(date)
})

test.each([
  ['', /empty/],
  [' 2026-07-25', /is not in ISO 8601/],
  ['25.07.2026', /is not in ISO 8601/],
  ['1753430632', /is not in ISO 8601/],
  ['2026-7-5', /is not in ISO 8601/],
  ['2026-07-25T8:23', /is not in ISO 8601/],
  ['2026-07-25T08', /is not in ISO 8601/],
  ['2026-07-25T082300Z', /is not in ISO 8601/],
  ['20260725T08:23:00Z', /is not in ISO 8601/],
  ['2026-07-25T08:23:52.', /is not in ISO 8601/],
  ['2026-07-25T08:23:52 CET', /is not in ISO 8601/],
  ['2026-07-25T08:23:52+02:00[Europe/Berlin]', /is not in ISO 8601/],
  ['2026-07-25  08:23:52', /is not in ISO 8601/],
  ['2026-07-25T08:23:52Z\n', /is not in ISO 8601/],
  ['٢٠٢٦-٠٧-٢٥', /is not in ISO 8601/],
  ['+02026-07-25', /is not in ISO 8601/],
  ['2026-W30-6', /week date/],
  ['2026-206', /number of a day in a year/],
  ['2026-07-25T08:23:52 02:00', /%2B/],
  ['2026-13-01', /no day of the calendar/],
  ['2026-00-10', /no day of the calendar/],
  ['2026-02-30', /no day of the calendar/],
  ['2025-02-29', /no day of the calendar/],
  ['1900-02-29', /no day of the calendar/],
  ['2026-04-31 10:00:00', /no day of the calendar/],
  ['20260431T100000Z', /no day of the calendar/],
  ['2026-03-01 24:00:01', /time that no day has/],
  ['2026-03-01 24:00:00.1', /time that no day has/],
  ['2026-03-01 25:00', /time that no day has/],
  ['2026-03-01 12:60', /time that no day has/],
  ['2026-03-01 12:00:60Z', /time that no day has/],
  ['2026-03-01 23:59:60+01:00', /time that no day has/],
  ['2026-03-01 23:59:61Z', /time that no day has/],
  ['2026-03-01 12:00:00+25:00', /offset/],
  ['2026-03-01 12:00:00-24', /offset/],
  ['2026-03-01 12:00:00+0160', /offset/],
  ['9999-12-31T23:59:59-01:00', /after the year 9999/],
  ['9999-12-31T24:00:00', /after the year 9999/],
  ['0000-12-31', /year before 1900/],
  ['0012-05-06 00:00:00', /year before 1900/],
  ['1899-12-31', /year before 1900/],
  ['0001-01-02T00:00:00', /year before 1900/],
  ['0001-01-01', /\.NET/],
  ['0001-01-01T00:00:00', /\.NET/],
  ['0001-01-01T00:00:00+01:00', /\.NET/],
  ['0000-00-00 00:00:00', /zeros/],
])('%s is refused, and told why', (text, why) => {
  expect(() => normalizeDateField(text, 'at')).toThrow(/^at must be an ISO 8601 date/)
  expect(() => normalizeDateField(text, 'at')).toThrow(why)
})

test('a day alone is told from its first instant', () => {
  const time = Date.UTC(2026, 2, 1)
  expect(parseDate('2026-03-01')).toEqual({ time, isDay: true })
  expect(parseDate('2026-03-01T00:00')).toEqual({ time, isDay: false })
})

/** Every day from 1900 to 9999 in its order, counted up one by one. */
function* countDays(): Generator<string> {
  for (let year = 1900; year <= 9999; year++) {
    for (const [index, days] of daysOfMonths(year).entries()) {
      for (let day = 1; day <= days; day++) {
        yield `${year}-${String(index + 1).padStart(2, '0')}-${String(day).padStart(2, '0')}`
      }
    }
  }
}

function daysOfMonths(year: number): number[] {
  const isCentury = String(year).endsWith('00')
  const isLeap = isCentury ? Number(String(year).slice(0, 2)) % 4 === 0 : year % 4 === 0
  return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
}

const DAY_MS = 86_400_000
// Of 1 January 1900: seventy years of 365 days, seventeen of them leap years.
const FIRST_MS = -(70 * 365 + 17) * DAY_MS

describe('the calendar', () => {
  test('has these days and no others', { timeout: 60_000 }, () => {
    let time = FIRST_MS
    const wrong: string[] = []
    for (const day of countDays()) {
      const parsed = parseDate(day)
      if (!('time' in parsed) || parsed.time !== time) wrong.push(day)
      time += DAY_MS
    }
    expect(wrong).toEqual([])
  })

  const pad = (value: number) => String(value).padStart(2, '0')
  const two = fc.integer({ min: 0, max: 99 })
  const written = fc.record({
    year: fc.integer({ min: 1890, max: 2110 }),
    month: fc.integer({ min: 0, max: 14 }),
    day: fc.integer({ min: 0, max: 33 }),
    hour: fc.integer({ min: 0, max: 26 }),
    minute: fc.oneof(fc.integer({ min: 0, max: 61 }), two),
    second: fc.oneof(fc.constantFrom(59, 60, 61), two),
    fraction: fc.constantFrom('', '.5', ',25', '.1234567'),
    zone: fc.constantFrom(
      '',
      'Z',
      ' UTC',
      '+00',
      '-0500',
      '+05:30',
      ' +14:00',
      '-12',
      '+24:00',
      '+0099',
    ),
    isBasic: fc.boolean(),
  })

  test('and times are what counting says, in every form', () => {
    const days = new Map<string, number>()
    let at = FIRST_MS
    for (const day of countDays()) {
      if (day > '2111') break
      days.set(day, at)
      at += DAY_MS
    }
    fc.assert(
      fc.property(
        written,
        ({ year, month, day, hour, minute, second, fraction, zone, isBasic }) => {
          const date = `${year}-${pad(month)}-${pad(day)}`
          const text = `${date}T${pad(hour)}:${pad(minute)}:${pad(second)}`
          const spelt = (isBasic ? text.replaceAll(/[-:]/g, '') : text) + fraction + zone
          const start = days.get(date)
          const [, sign = '+', zoneHour = '00', zoneMinute = '00'] =
            /([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? []
          const isZone = zoneHour < '24' && zoneMinute < '60'
          const zoneMs = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60_000
          const offset = sign === '-' ? -zoneMs : zoneMs
          const utcMinute = hour * 60 + minute - offset / 60_000
          const isLeapSecond = second === 60 && (utcMinute + 1) % 1440 === 0
          const isMidnight = hour === 24 && minute + second === 0 && fraction === ''
          const isTime = isMidnight || (hour < 24 && minute < 60 && (second < 60 || isLeapSecond))
          const ms = isLeapSecond
            ? 59_999
            : second * 1000 + Math.trunc(Number(`0${fraction.replace(',', '.')}`) * 1000)
          const parsed = parseDate(spelt)
          if (start === undefined || !isZone || !isTime) {
            expect(parsed).toHaveProperty('fault')
            return
          }
          expect(parsed).toEqual({
            time: start + (hour * 60 + minute) * 60_000 + ms - offset,
            isDay: false,
          })
        },
      ),
      { numRuns: 20_000 },
    )
  })
})
