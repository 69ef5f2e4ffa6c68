/** A date as it was written. */
export interface ParsedDate {
  /** Milliseconds since 1970, UTC; of a day alone, its first. */
  time: number
  /** Whether a day was given without a time. */
  isDay: boolean
}

/** What is wrong with a date: the rest of a sentence that begins with what the date is called. */
export interface DateFault {
  fault: string
}

const DAY_MS = 86_400_000

const DAY = String.raw`(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})`
const BASIC_DAY = DAY.replaceAll('-', '')
const FRACTION = String.raw`(?:[.,](?<fraction>\d{1,20}))?`
const TIME = String.raw`(?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})${FRACTION})?`
const BASIC_TIME = TIME.replaceAll(/:(?=\(\?<)/g, '')
// The sign may be the one that typographers, and ISO 8601 itself, take for minus.
const ZONE = String.raw`(?: ?(?:z|utc|gmt)| ?(?<sign>[+−-])(?<zoneHour>\d{2}):?(?<zoneMinute>\d{2})?)?`
const EXTENDED = new RegExp(`^${DAY}(?:[t ]${TIME}${ZONE})?$`, 'i')
const BASIC = new RegExp(`^${BASIC_DAY}[t ]${BASIC_TIME}${ZONE}$`, 'i')

// Before that no order was made that anybody reports: such years stand for a date that is not known,
// or were written with two digits.
const FIRST_YEAR = 1900
const LAST_TIME = Date.UTC(9999, 11, 31, 23, 59, 59, 999)
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

interface Parts {
  year: string
  month: string
  day: string
  hour?: string
  minute?: string
  second?: string
  fraction?: string
  sign?: string
  zoneHour?: string
  zoneMinute?: string
}

/**
 * Reads an ISO 8601 date, exactly by the calendar: nothing that does not exist is taken for something
 * else. A day alone, or with a time to the minute, the second or a fraction of it, after `T` or one
 * blank; the basic form (20260301T120000Z) needs its time. A fraction follows a dot or a comma and is
 * cut to milliseconds. The zone is `Z`, `UTC` or an offset (+02:00, +0200, +02); without one the time
 * is in UTC. 24:00 is the next day's first instant; a leap second (23:59:60 in UTC) is the last
 * millisecond of its day. Years are from 1900 to 9999.
 *
 * Imports nothing, and leaves nothing to the engine's own parser, which differs between engines.
 */
export function parseDate(text: string): ParsedDate | DateFault {
  const groups = EXTENDED.exec(text)?.groups ?? BASIC.exec(text)?.groups
  const parts = groups as unknown as Parts | undefined
  if (!parts) return { fault: sayForm(text) }
  const [year, month, day] = [Number(parts.year), Number(parts.month), Number(parts.day)]
  const dayFault = findDayFault(year, month, day)
  if (dayFault !== undefined) return { fault: dayFault }
  const start = Date.UTC(year, month - 1, day)
  if (parts.hour === undefined) return { time: start, isDay: true }
  const offsetMs = parseOffsetMs(parts)
  const time = offsetMs === undefined ? undefined : parseTimeMs(parts, offsetMs)
  if (offsetMs === undefined) return { fault: 'has an offset from UTC that is beyond 23:59' }
  if (time === undefined) return { fault: 'has a time that no day has' }
  const at = start + time - offsetMs
  return at <= LAST_TIME ? { time: at, isDay: false } : { fault: 'is after the year 9999' }
}

function findDayFault(year: number, month: number, day: number): string | undefined {
  if (year === 0 && month === 0) return 'is a row of zeros, which is how databases write no date'
  if (year === 1 && month === 1 && day === 1) {
    return 'is the first day of the year 1, which is how .NET writes no date: leave it out'
  }
  if (year < FIRST_YEAR) return `has a year before ${FIRST_YEAR}: write all four digits of it`
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = month === 2 && isLeap ? 29 : (MONTH_DAYS[month - 1] ?? 0)
  return day >= 1 && day <= days ? undefined : 'is no day of the calendar'
}

/** Undefined for what is no offset. */
function parseOffsetMs({ sign, zoneHour = '00', zoneMinute = '00' }: Parts): number | undefined {
  const [hours, minutes] = [Number(zoneHour), Number(zoneMinute)]
  if (hours > 23 || minutes > 59) return undefined
  const size = (hours * 60 + minutes) * 60_000
  return sign === undefined || sign === '+' ? size : -size
}

/** Since the day began; undefined for a time that there is not. */
function parseTimeMs(parts: Parts, offsetMs: number): number | undefined {
  const [hour, minute] = [Number(parts.hour), Number(parts.minute)]
  const second = Number(parts.second ?? 0)
  const fraction = Number((parts.fraction ?? '').slice(0, 3).padEnd(3, '0'))
  const minuteMs = (hour * 60 + minute) * 60_000
  if (hour === 24) {
    const isMidnight = minute === 0 && second === 0 && !/[1-9]/.test(parts.fraction ?? '')
    return isMidnight ? minuteMs : undefined
  }
  if (hour > 24 || minute > 59 || second > 60) return undefined
  if (second < 60) return minuteMs + second * 1000 + fraction
  const isLastMinute = (minuteMs - offsetMs + 60_000) % DAY_MS === 0
  return isLastMinute ? minuteMs + 59_999 : undefined
}

/** What form it has instead. */
function sayForm(text: string): string {
  if (text.trim() === '') return 'is empty'
  if (/ \d{2}:?\d{2}$/.test(text) && /[Tt ]\d{2}:\d{2}.* /.test(text)) {
    return 'has a blank where its offset has a sign: in a URL, + is written %2B'
  }
  if (/^\d{4}-?W\d{2}/i.test(text)) return 'is a week date, not a day of a month'
  if (/^\d{4}-\d{3}(?!\d|-)/.test(text)) return 'is the number of a day in a year'
  return 'is not in ISO 8601'
}
