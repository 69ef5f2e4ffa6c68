const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const TIME = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`
const MONTH = `(?<month>${MONTHS.join('|')})`
// RFC 9110, 5.6.7: the form of today, that of RFC 850, and that of C's asctime.
const FORMS = [
  String.raw`^\w{3}, (?<day>\d\d) ${MONTH} (?<year>\d{4}) ${TIME} GMT$`,
  String.raw`^\w{6,9}, (?<day>\d\d)-${MONTH}-(?<year>\d\d) ${TIME} GMT$`,
  String.raw`^\w{3} ${MONTH} (?<day>[ \d]\d) ${TIME} (?<year>\d{4})$`,
].map((form) => new RegExp(form))

type Parts = Record<'day' | 'month' | 'year' | 'hour' | 'minute' | 'second', string>

/** A date of HTTP in milliseconds since 1970; undefined for what is none. */
export function parseHttpDate(text: string, now: Date): number | undefined {
  const groups = FORMS.map((form) => form.exec(text)?.groups).find((found) => found !== undefined)
  const parts = groups as unknown as Parts | undefined
  if (!parts) return undefined
  const month = MONTHS.indexOf(parts.month)
  const [day, hour] = [Number(parts.day), Number(parts.hour)]
  const [minute, second] = [Number(parts.minute), Number(parts.second)]
  const year = fullYear(parts.year, now)
  const date = new Date(Date.UTC(year, month, day, hour, minute, Math.min(second, 59)))
  const isReal = date.getUTCDate() === day && date.getUTCHours() === hour
  const isWritten = isReal && date.getUTCMinutes() === minute && second <= 60
  return isWritten ? date.getTime() : undefined
}

/** A year of two digits is not more than fifty years ahead. */
function fullYear(digits: string, now: Date): number {
  if (digits.length > 2) return Number(digits)
  const century = now.getUTCFullYear() - (now.getUTCFullYear() % 100)
  const year = century + Number(digits)
  return year > now.getUTCFullYear() + 50 ? year - 100 : year
}
