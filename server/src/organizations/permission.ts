/**
 * What members of an organization may do beyond reading what names no customer.
 * `people`: members, invitations and the organization. `technical`: keys, webhooks, imports, reports, erasure.
 * `commercial`: rate cards, what-if, link hosts. `customers`: one customer, order or transaction.
 */
export const PERMISSIONS = ['people', 'technical', 'commercial', 'customers'] as const
export type Permission = (typeof PERMISSIONS)[number]

/** What a person needs for an operation. A key may call whatever its organization may. */
export interface RoutePermission {
  /** `membership`: every member. */
  needs: Permission | 'membership'
  /** Whether it matters so much that the person must have proved lately who it is. */
  isStepUp?: true
  /** Whether it only reads although its method may change things. */
  isRead?: true
}
