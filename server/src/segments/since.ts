import type { Organization, Partnership } from '../organizations/organization.ts'
import type { Membership } from './membership-store.ts'

/** Since when a customer stands where it does, and what put it there. */
export interface Since {
  at: Date
  cause: string
}

/**
 * Since when a customer is in the segment that it is in, as far as its organization may know: a move that it
 * was not told of, for it did not see the merchant's segments then, would tell the day of a purchase that is
 * somebody else's business. Null where it was there from the beginning, or where the move may not be told.
 */
export function sinceWhen(
  isActive: boolean,
  stay: Pick<Membership, 'entered_at' | 'entered_by' | 'left_at' | 'left_by'> | undefined,
  seenSince: Date | null,
): Since | null {
  const isOpen = stay?.left_at === null
  // A lost race may leave a membership behind what identities say; then it tells nothing.
  if (!stay || isOpen !== isActive) return null
  const [at, cause] = isOpen ? [stay.entered_at, stay.entered_by] : [stay.left_at, stay.left_by]
  if (at === null || cause === null) return null
  return seenSince !== null && at < seenSince ? null : { at, cause }
}

/**
 * Since when, without an interruption, a publisher sees a merchant's segments; or later, where the partnership
 * was changed in another way since.
 */
export function segmentsSeenSince(
  merchant: Pick<Organization, 'segmentsOnAt'>,
  partnership: Pick<Partnership, 'modifiedAt'> | undefined,
): Date {
  const times = [merchant.segmentsOnAt, partnership?.modifiedAt].map((at) => at?.getTime() ?? 0)
  return new Date(Math.max(...times))
}
