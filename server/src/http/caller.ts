import type { FastifyRequest } from 'fastify'
import type { Actor } from '../kernel/actor.ts'
import { Problem } from '../kernel/problem.ts'
import type { Caller } from '../organizations/directory.ts'
import type { Organization, Role } from '../organizations/organization.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the hook that authenticates; read it through callerOf and callerKeyOf. */
    caller: Caller | undefined
  }
}

// Only the request is asked for, whatever the schemas of its route are.
type AnyRequest = Pick<FastifyRequest, 'caller'>
type AskingRequest = Pick<FastifyRequest, 'caller' | 'isOperator'>

/** The organization whose key the request carries. */
export function callerOf(request: AnyRequest): Organization {
  return authenticated(request).organization
}

/** The id of the key that the request carries. */
export function callerKeyOf(request: AnyRequest): string {
  return authenticated(request).keyId
}

/** Who asks: the key that the request carries, or the operator. */
export function actorOf(request: AskingRequest): Actor {
  return request.isOperator ? { kind: 'operator' } : { kind: 'key', id: callerKeyOf(request) }
}

function authenticated({ caller }: AnyRequest): Caller {
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
