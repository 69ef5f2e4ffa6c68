import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../kernel/problem.ts'
import type { Session, Sessions } from '../organizations/session.ts'
import { siteOf } from './public-url.ts'
import { limitLookUps } from './rate-limit.ts'
import type { Draw } from './rate-limit.ts'
import { readCookie } from './session-cookie.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The person who calls, where a browser's cookie says so. */
    session: Session | undefined
    /** Whether it is a call of the dashboard, by anybody who is signed in there. */
    isFromDashboard: boolean
  }
  interface FastifyContextConfig {
    /** A file that browsers fetch by navigation, so that `?organization=` stands for the header. */
    isDownload?: boolean
  }
}

/*
 * Calls of the dashboard: a browser that sends the cookie of a session. Cookies go along with whatever any page
 * makes a browser send, so a cookie counts only beside a header that no form can send and that no other origin may
 * (there is no CORS here), and only where the browser says that the page is of this very origin: another port of
 * the same host is the same site, and gets the cookie too.
 */

export const ORGANIZATION_HEADER = 'newcomer-organization'
export const ACCOUNT_HEADER = 'newcomer-account'

// Only what is asked for, whatever the schemas of the request's route are.
type AnyRequest = Pick<
  FastifyRequest,
  'headers' | 'protocol' | 'host' | 'ip' | 'socket' | 'server' | 'query' | 'routeOptions'
>

/** Whether the call is to be answered by its cookie, if there is one. A key that is sent goes before it. */
export function isDashboardCall(request: AnyRequest): boolean {
  const { headers } = request
  if (headers.authorization !== undefined) return false
  return headers[ACCOUNT_HEADER] === '1' || namedOrganization(request) !== undefined
}

/** The organization that the person acts for, as the call names it. */
export function namedOrganization({
  headers,
  query,
  routeOptions,
}: AnyRequest): string | undefined {
  const named = headers[ORGANIZATION_HEADER]
  if (typeof named === 'string') return named
  if (routeOptions.config.isDownload !== true) return undefined
  const { organization } = (query ?? {}) as { organization?: unknown }
  return typeof organization === 'string' ? organization : undefined
}

/** @throws Problem 403 for what does not come from a page of this origin */
export function checkOrigin(request: AnyRequest): void {
  const { headers } = request
  const site = headers['sec-fetch-site']
  // What only old browsers leave out: they name the origin of the page.
  const isOwn = site === undefined ? isOwnOrigin(request) : site === 'same-origin'
  if (isOwn && (headers[ORGANIZATION_HEADER] !== undefined || isFetch(request))) return
  throw new Problem(403, 'OtherOrigin', 'This call does not come from a page of the dashboard.')
}

function isOwnOrigin(request: AnyRequest): boolean {
  const { origin } = request.headers
  return origin !== undefined && origin === siteOf(request).origin
}

/** By a script, or as a page of its own: no picture, frame or form of another page. */
function isFetch({ headers }: AnyRequest): boolean {
  if (headers[ACCOUNT_HEADER] === '1') return true
  return ['empty', 'document'].includes(String(headers['sec-fetch-dest']))
}

// A member who is removed reads on for so long at most.
const SESSION_CHECK_MS = 5_000

export interface PersonParts {
  /** Without them nobody has one. */
  sessions?: Sessions
  /** How often a session is looked at again while its call is under way; 5 s unless given. */
  sessionCheckMs?: number
}

/** Finds out which person calls. Refuses calls from another origin, and no others. */
export async function identifyPerson(
  { sessions, sessionCheckMs = SESSION_CHECK_MS }: PersonParts,
  draw: Draw,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  checkOrigin(request)
  request.isFromDashboard = true
  const token = readCookie(request, 'session')
  if (token === undefined || !sessions) return
  limitLookUps(draw, request)
  const organization = namedOrganization(request)
  const session = await sessions.find(token, organization)
  request.session = session
  if (!session) return
  const findAgain = () => sessions.findAgain(session.id, organization)
  watchSession(session, findAgain, reply, sessionCheckMs)
}

/** Ends a call that goes on, such as a stream, where its person has lost what it was begun with. */
function watchSession(
  { permissions }: Session,
  findAgain: () => Promise<Session | undefined>,
  { raw }: FastifyReply,
  everyMs: number,
): void {
  const rights = JSON.stringify(permissions)
  const isSame = (now: Session | undefined): boolean =>
    now !== undefined && JSON.stringify(now.permissions) === rights
  const timer = setInterval(() => {
    findAgain().then(
      (now) => void (isSame(now) || raw.destroy()),
      () => undefined,
    )
  }, everyMs)
  timer.unref()
  raw.once('close', () => clearInterval(timer))
}
