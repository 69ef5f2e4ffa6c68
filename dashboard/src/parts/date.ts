const days = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' })

/** "March 1, 2026", in UTC, as days are told: of a day or an instant. */
export function sayDay(date: string): string {
  return days.format(new Date(date))
}

/** "2026-03-01 12:00:00 UTC": a time in a sentence that is kept. */
export function sayInstant(date: string): string {
  return `${date.slice(0, 19).replace('T', ' ')} UTC`
}
