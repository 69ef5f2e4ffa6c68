const DAY_MS = 86_400_000

/** Days of UTC, `YYYY-MM-DD`: from `start` until just before `end`. */
export interface Period {
  start: string
  end: string
}

export function toDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

export function addDays(day: string, days: number): string {
  return toDay(Date.parse(day) + days * DAY_MS)
}

export function lengthOf({ start, end }: Period): number {
  return Math.round((Date.parse(end) - Date.parse(start)) / DAY_MS)
}

/** The time that is chosen; without an end it goes on to today and has it, without a start it has thirty days. */
export function toPeriod(chosen: { from?: string | undefined; to?: string | undefined }): Period {
  const last = chosen.to ?? toDay(Date.now())
  const start = chosen.from ?? addDays(last, -29)
  // Whoever chooses the days in the wrong order means what lies between them.
  const [first, end] = start <= last ? [start, last] : [last, start]
  return { start: first, end: addDays(end, 1) }
}

/** As many days, and they end where the others begin. */
export function periodBefore({ start, end }: Period): Period {
  return { start: addDays(start, -lengthOf({ start, end })), end: start }
}

/** Every day of it, in order. */
export function listDays(period: Period): string[] {
  return Array.from({ length: lengthOf(period) }, (_, index) => addDays(period.start, index))
}

/** "2026-03-01 to 2026-03-30", both among them. */
export function sayPeriod({ start, end }: Period): string {
  const last = addDays(end, -1)
  return start === last ? start : `${start} to ${last}`
}

const short = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' })

/** "Mar 1". */
export function sayShortDay(day: string): string {
  return short.format(new Date(day))
}
