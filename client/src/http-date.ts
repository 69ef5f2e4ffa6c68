const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const form = new RegExp(
  String.raw`^\w{3}, (\d\d) (${months.join('|')}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$`,
)

/**
 * A date of HTTP (RFC 9110, 5.6.7) in milliseconds since 1970; undefined for what is none. Servers
 * write this form alone since 1999.
 */
export function parseHttpDate(text: string): number | undefined {
  const parts = form.exec(text)
  if (!parts) return undefined
  const [day, year, hour, minute, second] = [1, 3, 4, 5, 6].map((index) => Number(parts[index]))
  const month = months.indexOf(parts[2] ?? '')
  const date = new Date(Date.UTC(Number(year), month, day, hour, minute, second))
  const isReal = date.getUTCDate() === day && date.getUTCHours() === hour
  return isReal && date.getUTCMinutes() === minute ? date.getTime() : undefined
}
