import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../kernel/clock.ts'
import { createFixedWindow } from '../kernel/limits/fixed-window.ts'
import type { SharedCounts } from '../kernel/limits/shared-counts.ts'
import { Problem } from '../kernel/problem.ts'
import type { Organization } from '../organizations/organization.ts'
import type { Session } from '../organizations/session.ts'
import { networkOf } from './guess-throttle.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Counts the rows of a batch as requests of the caller's, and shows what is left. */
    countRows(
      request: Pick<FastifyRequest, 'caller' | 'session'>,
      reply: Pick<FastifyReply, 'header'>,
      rows: number,
    ): void
  }
  interface FastifyContextConfig {
    /** Never refused for want of allowance: what watches over the program must always get in. */
    isUnlimited?: boolean
  }
}

const WINDOW_SECONDS = 60
const WINDOW_MS = WINDOW_SECONDS * 1000
/** For all who show no valid key from one address: a second's worth of guesses is not many keys. */
const STRANGER_LIMIT = 6_000
/** For a person, over all tabs and organizations: none of an organization's own is used. */
const PERSON_LIMIT = 6_000
// One window's addresses; beyond it the rest share one bucket, so that memory has a limit too.
const MAX_BUCKETS = 100_000
// Addresses that ask for little are not written to the database, however many they are. Others are counted exactly.
const STRANGERS_SHARED_FROM = STRANGER_LIMIT / 100
// What is shown where there is no limit: clients of this API read the header as a number.
const UNLIMITED = 2_147_483_647

/** What is left of a bucket in this window; below zero it is overdrawn. */
export interface Allowance {
  limit: number
  remaining: number
  resetSeconds: number
}

/** Takes so many requests out of the bucket; 1 unless given. */
export type Draw = (bucket: string, limit: number, count?: number) => Allowance

/**
 * Fixed-window rate limit: windows of a minute, of all processes on the database. A limit of 0 is none. A refused
 * call has used nothing; what rows of a batch overdraw is owed in the windows after.
 */
export function createDraw(clock: Clock, sharedCounts?: SharedCounts): Draw {
  const window = createFixedWindow({
    clock,
    windowMs: WINDOW_MS,
    maxBuckets: MAX_BUCKETS,
    whenFull: 'share one',
    sharedFrom: (bucket) => (/^(?:address|cookies) /.test(bucket) ? STRANGERS_SHARED_FROM : 0),
  })
  sharedCounts?.shareWindow('calls', window)
  return (bucket, limit, count = 1) => {
    if (limit === 0) {
      const resetSeconds = Math.ceil((WINDOW_MS - (clock.now().getTime() % WINDOW_MS)) / 1000)
      return { limit, remaining: UNLIMITED, resetSeconds }
    }
    const { used, endsInMs } = window.draw(bucket, limit, count)
    const resetSeconds = Math.max(1, Math.ceil(endsInMs / 1000))
    return { limit, remaining: limit - used - count, resetSeconds }
  }
}

/** Draws for this request, says so in the answer's headers, and refuses it when nothing is left. */
export function limit(draw: Draw, request: FastifyRequest, reply: FastifyReply): void {
  const allowance = drawFor(draw, request)
  showAllowance(reply, allowance)
  if (allowance.limit === 0) return
  if (allowance.remaining >= 0 || request.routeOptions.config.isUnlimited) return
  reply.header('Retry-After', allowance.resetSeconds)
  throw new Problem(
    429,
    'TooManyRequests',
    `More than ${allowance.limit} requests in a minute; the next minute begins in ${allowance.resetSeconds} s.`,
  )
}

type AnyReply = Pick<FastifyReply, 'header'>

/** A call that reports several rows has used as many requests, of which one is drawn already. */
export function countRows(
  draw: Draw,
  { organization, session }: { organization: Organization; session: Session | undefined },
  reply: AnyReply,
  rows: number,
): void {
  if (rows <= 1) return
  const { id, requestsPerMinute } = organization
  const allowance = session
    ? draw(`person ${session.person.id}`, PERSON_LIMIT, rows - 1)
    : draw(id, requestsPerMinute, rows - 1)
  showAllowance(reply, allowance)
}

/** Bounds how often tokens of sessions are looked up for an address. @throws Problem 429 */
export function limitLookUps(draw: Draw, request: FastifyRequest): void {
  const bucket = `cookies ${networkOf(request.ip)}`
  const { remaining, resetSeconds: seconds } = draw(bucket, STRANGER_LIMIT)
  if (remaining >= 0) return
  throw new Problem(429, 'TooManyRequests', 'Too many calls come from this address.', { seconds })
}

function showAllowance(reply: AnyReply, { limit, remaining, resetSeconds }: Allowance): void {
  const left = Math.max(0, remaining)
  reply.header('X-Button-Limit-Remaining', left)
  reply.header('X-Button-Limit-Reset-Seconds', resetSeconds)
  if (limit === 0) return
  reply.header('RateLimit-Policy', `"minute";q=${limit};w=${WINDOW_SECONDS}`)
  reply.header('RateLimit', `"minute";r=${left};t=${resetSeconds}`)
}

function drawFor(draw: Draw, request: FastifyRequest): Allowance {
  if (request.session) return draw(`person ${request.session.person.id}`, PERSON_LIMIT)
  const organization = request.caller?.organization
  if (organization) return draw(organization.id, organization.requestsPerMinute)
  if (request.isOperator) return draw('operator', 0)
  return draw(`address ${networkOf(request.ip)}`, STRANGER_LIMIT)
}
