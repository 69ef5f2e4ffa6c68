import type { FastifyRequest } from 'fastify'
import type { Actor } from '../kernel/actor.ts'
import { Problem } from '../kernel/problem.ts'
import type { Organization, Role } from '../organizations/organization.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the hook that authenticates; read it through callerOf and actorOf. */
    caller: RequestCaller | undefined
  }
}

/** The organization, or the operator, that the request is made for. */
export interface RequestCaller {
  organization: Organization
  /** The id of the key that it carries; absent where a person calls. */
  keyId?: string
  /** Whether the key is none any more: revoked or expired since; absent where a person calls. */
  isKeyGone?: () => boolean
}

// Only the request is asked for, whatever the schemas of its route are.
type AnyRequest = Pick<FastifyRequest, 'caller'>
type AskingRequest = Pick<FastifyRequest, 'caller' | 'session' | 'isOperator'>

/** The organization whose key the request carries, or that its person acts for. */
export function callerOf(request: AnyRequest): Organization {
  return authenticated(request).organization
}

/**
 * Whether an answer that goes on, such as a stream, has lost the key that it was asked for with. A person's session is
 * watched beside it, and its connection cut.
 */
export function isKeyGone({ caller }: AnyRequest): boolean {
  return caller?.isKeyGone?.() ?? false
}

/** Who makes the request: the person, where it comes with a session. */
export function actorOf({ caller, session, isOperator }: AskingRequest): Actor {
  if (session) return { kind: 'person', id: session.person.id }
  if (caller?.keyId !== undefined) return { kind: 'key', id: caller.keyId }
  if (isOperator) return { kind: 'operator' }
  throw new Error('a route that needs an actor is outside of the private scopes')
}

function authenticated({ caller }: AnyRequest): RequestCaller {
  if (!caller) throw new Error('a route that needs a caller is outside of the private scope')
  return caller
}

/** The calling publisher; a 401 for a merchant. */
export function onlyPublisher(request: AnyRequest): Organization {
  return only('publisher', request)
}

/** The calling merchant; a 401 for a publisher. */
export function onlyMerchant(request: AnyRequest): Organization {
  return only('merchant', request)
}

function only(role: Role, request: AnyRequest): Organization {
  const caller = callerOf(request)
  if (caller.role === role) return caller
  throw unauthorized(`The calling organization must be a ${role} to access this endpoint.`)
}

export function unauthorized(message: string): Problem {
  return new Problem(401, 'Unauthorized', message)
}
