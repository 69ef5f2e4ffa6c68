/**
 * Who acts: an organization's key, a person with a session, the operator's key, or the service itself; to others
 * than its own people, an organization.
 */
export type Actor =
  | { kind: 'key'; id: string }
  | { kind: 'person'; id: string }
  | { kind: 'organization'; id: string }
  | { kind: 'operator' }
  | { kind: 'service' }
