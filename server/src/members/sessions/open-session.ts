import type { Tx } from '../../kernel/database/database.ts'
import { HOUR_MS, MINUTE_MS } from '../../kernel/durations.ts'
import { newId } from '../../kernel/id.ts'
import { hashToken, newToken } from './one-time-token.ts'
import { endSessionsOf } from './end-sessions.ts'
import type { SessionEnd } from './end-sessions.ts'
import { insertSession, updateSessionToken } from './session-store.ts'
import type { IdleSince } from './session-store.ts'

/** However busy it is, a session ends after a working day. */
export const LONGEST_SESSION_MS = 12 * HOUR_MS
const IDLE_MS = 30 * MINUTE_MS
// An operator's session can do more harm.
const OPERATOR_IDLE_MS = 15 * MINUTE_MS
/** For how long somebody who proved who they are need not do it again. */
export const STEP_UP_MS = 10 * MINUTE_MS

export function idleSince(now: Date): IdleSince {
  const ago = (ms: number): Date => new Date(now.getTime() - ms)
  return { member: ago(IDLE_MS), operator: ago(OPERATOR_IDLE_MS) }
}

export interface SessionStart {
  person: number
  isEnrolling: boolean
  browser: string
  now: Date
}

/** A new session; answers its token, of which nothing but a hash is kept. */
export async function openSession(tx: Tx, start: SessionStart): Promise<string> {
  const token = newToken()
  const endsAt = new Date(start.now.getTime() + LONGEST_SESSION_MS)
  await insertSession(tx, { ...start, id: newId('session'), hash: hashToken(token), endsAt })
  return token
}

/** Another token for the session, as after each step-up; undefined where it has ended meanwhile. */
export async function rotateSession(
  tx: Tx,
  id: string,
  provedAt: Date | null = null,
): Promise<string | undefined> {
  const token = newToken()
  return (await updateSessionToken(tx, { id, hash: hashToken(token), provedAt }))
    ? token
    : undefined
}

/**
 * Gives a session another token and ends the person's others: what a change of how they prove who they are, or
 * of what they may do, comes to.
 */
export async function renewSession(
  tx: Tx,
  { id, person }: { id: string; person: { number: number } },
  { provedAt, ...end }: SessionEnd & { provedAt?: Date },
): Promise<string | undefined> {
  const token = await rotateSession(tx, id, provedAt ?? null)
  if (token !== undefined) await endSessionsOf(tx, { person: person.number, except: id }, end)
  return token
}
