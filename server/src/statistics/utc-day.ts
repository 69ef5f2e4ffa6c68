import { DAY_MS } from '../kernel/durations.ts'

/** The UTC day of a moment, `YYYY-MM-DD`. */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10)

/** When the day begins. */
export const dayStart = (day: string): Date => new Date(`${day}T00:00:00.000Z`)

/** The day that is so many days later, or earlier. */
export const addDays = (day: string, days: number): string =>
  dayOf(new Date(dayStart(day).getTime() + days * DAY_MS))

/** From `start` on and before `end`. */
export function listUtcDays(start: string, end: string): string[] {
  const days: string[] = []
  for (let day = start; day < end; day = addDays(day, 1)) days.push(day)
  return days
}
