import type { FastifyReply, FastifyRequest } from 'fastify'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../kernel/durations.ts'
import { isEncrypted } from './public-url.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether it runs in development, on the developer's own machine. */
    isDevelopment: boolean
  }
}

type AnyRequest = Parameters<typeof isEncrypted>[0]
type AnyReply = Pick<FastifyReply, 'header'>

/** Cookies of this program, and how long browsers keep them. */
const COOKIES = {
  /** The token of the session. */
  session: { name: 'newcomer', value: /^[\w-]{43}$/, lifetimeMs: 12 * HOUR_MS },
  /** What a sign-in by a provider goes on with, encrypted. */
  provider: { name: 'newcomer-provider', value: /^[\w-]{1,1000}$/, lifetimeMs: 10 * MINUTE_MS },
  /** That its person has signed in with this browser. */
  device: { name: 'newcomer-device', value: /^[\w.-]{1,200}$/, lifetimeMs: 400 * DAY_MS },
} as const

export type CookieName = keyof typeof COOKIES

/**
 * `__Host-`: of this host alone, from no subdomain, by TLS. Over http, which is for one's own machine, browsers
 * differ in whether they take such a cookie.
 */
function nameOf(request: AnyRequest, cookie: CookieName): string {
  const { name } = COOKIES[cookie]
  return isEncrypted(request) ? `__Host-${name}` : name
}

/** Undefined also where it is there twice, of which one may be somebody else's. */
export function readCookie(
  request: AnyRequest & Pick<FastifyRequest, 'headers'>,
  cookie: CookieName,
): string | undefined {
  const start = `${nameOf(request, cookie)}=`
  const found = (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(start))
  const value = found.length === 1 ? found[0]?.slice(start.length) : undefined
  return value !== undefined && COOKIES[cookie].value.test(value) ? value : undefined
}

export function setCookie(
  request: AnyRequest,
  reply: AnyReply,
  cookie: CookieName,
  value: string,
): void {
  writeCookie(request, reply, { cookie, value, lifetimeMs: COOKIES[cookie].lifetimeMs })
}

export function clearCookie(request: AnyRequest, reply: AnyReply, cookie: CookieName): void {
  writeCookie(request, reply, { cookie, value: '', lifetimeMs: 0 })
}

function writeCookie(
  request: AnyRequest,
  reply: AnyReply,
  { cookie, value, lifetimeMs }: { cookie: CookieName; value: string; lifetimeMs: number },
): void {
  const attributes = [
    `${nameOf(request, cookie)}=${value}`,
    'Path=/',
    `Max-Age=${lifetimeMs / 1000}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(isEncrypted(request) ? ['Secure'] : []),
  ]
  reply.header('Set-Cookie', attributes.join('; '))
}
