import type { Permission } from './permission.ts'

/** A person's session, as far as answering a call needs it. */
export interface Session {
  id: string
  person: { id: string; number: number; isOperator: boolean }
  /** For nothing but to enrol a second factor. */
  isEnrolling: boolean
  /** Until when changes that matter need no further proof of who it is. */
  freshUntil: Date
  isFresh: boolean
  /** In the organization that the call names; undefined where the person is no member of it. */
  permissions: readonly Permission[] | undefined
  /** Whether an operator looks at the organization: it may read what its members may, and change nothing. */
  isLook: boolean
}

/** Finds sessions, read anew for every call, with what their people may do in an organization. */
export interface Sessions {
  /** The session that a token belongs to. */
  find(token: string, organization: string | undefined): Promise<Session | undefined>
  /** The same session once more, whatever its token is by now. */
  findAgain(id: string, organization: string | undefined): Promise<Session | undefined>
}
