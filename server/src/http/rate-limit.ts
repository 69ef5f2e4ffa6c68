import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../kernel/clock.ts'
import { Problem } from '../kernel/problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Never refused for want of allowance: what watches over the program must always get in. */
    isUnlimited?: boolean
  }
}

const WINDOW_SECONDS = 60
const WINDOW_MS = WINDOW_SECONDS * 1000
/** For all who show no valid key from one address: a second's worth of guesses is not many keys. */
const STRANGER_LIMIT = 6_000
// One window's addresses; beyond it the rest share one bucket, so that memory has a limit too.
const MAX_BUCKETS = 100_000
// What is shown where there is no limit: clients of this API read the header as a number.
const UNLIMITED = 2_147_483_647

/** What is left of a bucket in this window; below zero it is overdrawn. */
export interface Allowance {
  limit: number
  remaining: number
  resetSeconds: number
}

export type Draw = (bucket: string, limit: number) => Allowance

/** Fixed windows of a minute, counted in this process. A limit of 0 is none. */
export function createDraw(clock: Clock): Draw {
  let window = -1
  let counts = new Map<string, number>()
  return (bucket, limit) => {
    const now = clock.now().getTime()
    const current = Math.floor(now / WINDOW_MS)
    if (current !== window) {
      window = current
      counts = new Map()
    }
    const resetSeconds = Math.max(1, Math.ceil(((current + 1) * WINDOW_MS - now) / 1000))
    if (limit === 0) return { limit, remaining: UNLIMITED, resetSeconds }
    const name = counts.has(bucket) || counts.size < MAX_BUCKETS ? bucket : 'the rest'
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return { limit, remaining: limit - count, resetSeconds }
  }
}

/** Draws for this request, says so in the answer's headers, and refuses it when nothing is left. */
export function limit(draw: Draw, request: FastifyRequest, reply: FastifyReply): void {
  const allowance = drawFor(draw, request)
  const remaining = Math.max(0, allowance.remaining)
  reply.header('X-Button-Limit-Remaining', remaining)
  reply.header('X-Button-Limit-Reset-Seconds', allowance.resetSeconds)
  if (allowance.limit === 0) return
  reply.header('RateLimit-Policy', `"minute";q=${allowance.limit};w=${WINDOW_SECONDS}`)
  reply.header('RateLimit', `"minute";r=${remaining};t=${allowance.resetSeconds}`)
  if (allowance.remaining >= 0 || request.routeOptions.config.isUnlimited) return
  reply.header('Retry-After', allowance.resetSeconds)
  throw new Problem(
    429,
    'TooManyRequests',
    `More than ${allowance.limit} requests in a minute; the next minute begins in ${allowance.resetSeconds} s.`,
  )
}

function drawFor(draw: Draw, request: FastifyRequest): Allowance {
  const organization = request.caller?.organization
  if (organization) return draw(organization.id, organization.requestsPerMinute)
  if (request.isOperator) return draw('operator', 0)
  return draw(`address ${request.ip}`, STRANGER_LIMIT)
}
