import type { Organization } from '../organizations/organization.ts'
import { DAY_MS } from '../kernel/durations.ts'

/** A return period of a year, and a month: a date much later would keep the publisher's money pending for ever. */
export const MAX_FINALIZATION_DAYS = 400

/**
 * When an order becomes final: at the date that its merchant reported (null: after the days that the operator
 * set), and 400 days after its acceptance at the latest, or after those days where they are more.
 */
export function finalizationOf(
  reported: string | null,
  { finalizationDays }: Pick<Organization, 'finalizationDays'>,
  accepted: Date,
): Date {
  const inDays = (days: number): number => accepted.getTime() + days * DAY_MS
  if (reported === null) return new Date(inDays(finalizationDays))
  const latest = inDays(Math.max(MAX_FINALIZATION_DAYS, finalizationDays))
  return new Date(Math.min(Date.parse(reported), latest))
}
