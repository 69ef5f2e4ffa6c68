import type { Database } from '../../kernel/database/database.ts'
import { inTx, retry } from '../../kernel/database/transaction.ts'
import type { Clock } from '../../kernel/clock.ts'
import { MINUTE_MS } from '../../kernel/durations.ts'
import { PERMISSIONS } from '../../organizations/permission.ts'
import type { Session, Sessions } from '../../organizations/session.ts'
import { hashToken } from './one-time-token.ts'
import { STEP_UP_MS, idleSince } from './open-session.ts'
import { findLiveSession, touchSession } from './session-store.ts'

// A write for every call would be one too many; a session seems idle a minute too early at most.
const TOUCH_EVERY_MS = MINUTE_MS

interface SessionParts {
  database: Database
  clock: Clock
}

/**
 * Sessions, of which nothing is remembered from one call to the next: one read by a unique index, on no call that
 * carries a key, and what was taken away is gone with the next call.
 */
export function createSessions(parts: SessionParts): Sessions {
  return {
    find: (token, organization) => find(parts, { hash: hashToken(token) }, organization),
    findAgain: (id, organization) => find(parts, { id }, organization),
  }
}

async function find(
  { database, clock }: SessionParts,
  key: { hash: Buffer } | { id: string },
  organization: string | undefined,
): Promise<Session | undefined> {
  const { db } = database
  const now = clock.now()
  const options = { organization: organization ?? null, idleSince: idleSince(now), now }
  const row = await retry(() => findLiveSession(db, key, options))
  if (!row) return undefined
  const { id } = row
  if (now.getTime() - row.used_at.getTime() >= TOUCH_EVERY_MS) {
    await inTx(db, (tx) => touchSession(tx, id, now))
  }
  return {
    id,
    person: { id: row.person_id, number: row.person, isOperator: row.is_operator },
    isEnrolling: row.is_enrolling,
    freshUntil: new Date(row.proved_at.getTime() + STEP_UP_MS),
    isFresh: now.getTime() - row.proved_at.getTime() < STEP_UP_MS,
    permissions: row.permissions ?? (row.is_look ? PERMISSIONS : undefined),
    isLook: row.permissions === null && row.is_look,
  }
}
