const whole = new Intl.NumberFormat('en')
const tenths = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })

export function sayCount(count: number): string {
  return whole.format(count)
}

/** "1 row", "2,000 rows". */
export function sayCounted(count: number, one: string, many = `${one}s`): string {
  return `${sayCount(count)} ${count === 1 ? one : many}`
}

const UNITS = ['kB', 'MB', 'GB']

/** "12.3 MB": thousands, as file managers count. */
export function sayBytes(bytes: number): string {
  if (bytes < 1_000) return sayCounted(bytes, 'byte')
  let value = bytes / 1_000
  let unit = 0
  while (value >= 999.95 && unit < UNITS.length - 1) {
    value /= 1_000
    unit += 1
  }
  return `${tenths.format(value)} ${UNITS[unit] ?? ''}`
}

/** "2 h 5 min", "40 s". */
export function sayDuration(seconds: number): string {
  const rounded = Math.ceil(seconds)
  if (rounded < 60) return `${rounded} s`
  const minutes = Math.ceil(rounded / 60)
  if (minutes < 60) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
