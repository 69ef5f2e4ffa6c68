import type { FastifyReply, FastifyRequest } from 'fastify'
import { originOf } from '../http/act.ts'
import { networkOf } from '../http/guess-throttle.ts'
import { isPrivate, siteOf } from '../http/public-url.ts'
import { clearCookie, readCookie, setCookie } from '../http/session-cookie.ts'
import { Problem } from '../kernel/problem.ts'
import { takeRandom } from '../kernel/random.ts'
import { sameBytes } from '../kernel/vault.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Site } from './factors/passkey.ts'
import { nameBrowser } from './sessions/browser-name.ts'
import type { SignInPlace, SignInStep } from './sign-in.ts'

// Whatever the schemas of the request's route are.
type AnyRequest = Parameters<typeof readCookie>[0] & Pick<FastifyRequest, 'session' | 'id'>
type AnyReply = Pick<FastifyReply, 'header'>

const RANDOM_BYTES = 16

/** Lets in calls of the dashboard alone, of anybody who is signed in. What they bring or get stays private. */
export function requireDashboard(
  request: FastifyRequest,
  _reply: unknown,
  done: (error?: Error) => void,
): void {
  if (!request.isFromDashboard) {
    throw new Problem(403, 'OtherOrigin', 'Send the header Newcomer-Account: 1 along.')
  }
  if (!isPrivate(request)) {
    throw new Problem(403, 'HttpsRequired', 'Over http:// passwords and sessions could be read.')
  }
  done()
}

/** Where somebody signs in from. */
export function placeOf(vault: Vault, request: AnyRequest): SignInPlace {
  return {
    network: networkOf(request.ip),
    origin: originOf(request),
    browser: nameBrowser(request.headers['user-agent']),
    session: request.session,
    isKnownTo: (personId) =>
      personId !== undefined && isDeviceOf(vault, personId, readCookie(request, 'device')),
  }
}

export const passkeySite = (request: AnyRequest): Site => siteOf(request)

/** The next step as it is answered. Who is let in gets the cookies. */
export function stepToWire(
  vault: Vault,
  request: AnyRequest,
  reply: AnyReply,
  step: SignInStep,
): { next: SignInStep['next']; challenge: string | null } {
  if (step.next === 'done' || step.next === 'enrol') {
    giveSession(request, reply, step.token)
    giveDevice(vault, request, reply, step.personId)
  }
  return { next: step.next, challenge: step.next === 'totp' ? step.challenge : null }
}

export function giveSession(request: AnyRequest, reply: AnyReply, token: string): void {
  setCookie(request, reply, 'session', token)
}

/** What the browser keeps of the session goes, and what it has cached. */
export function takeSession(request: AnyRequest, reply: AnyReply): void {
  clearCookie(request, reply, 'session')
  reply.header('Clear-Site-Data', '"cache", "storage"')
}

/** By this the person's own guesses are told from those of strangers. It opens nothing. */
export function giveDevice(
  vault: Vault,
  request: AnyRequest,
  reply: AnyReply,
  personId: string,
): void {
  const random = takeRandom(RANDOM_BYTES).toString('base64url')
  setCookie(request, reply, 'device', `${random}.${sealDevice(vault, personId, random)}`)
}

function isDeviceOf(vault: Vault, personId: string, cookie: string | undefined): boolean {
  const [random = '', seal = ''] = cookie?.split('.') ?? []
  return sameBytes(Buffer.from(seal), Buffer.from(sealDevice(vault, personId, random)))
}

function sealDevice(vault: Vault, personId: string, random: string): string {
  return vault.seal('device', personId, random).toString('base64url')
}
