import type { Db } from '../kernel/database/database.ts'
import { HOUR_MS } from '../kernel/durations.ts'
import { conflict, notFound } from '../kernel/problem.ts'
import { inTx } from '../kernel/database/transaction.ts'
import { appendEntry } from '../journal/append-entries.ts'
import { findApiKey, replaceApiKey } from './api-key-store.ts'
import type { ApiKey } from './api-key-store.ts'
import { addApiKey, draftApiKey, keyFields } from './create-api-key.ts'
import type { CreatedApiKey, KeyChange } from './create-api-key.ts'
import { bumpVersion } from './snapshot-store.ts'

/** What a rotation asks for. */
export interface KeyRotation {
  id: string
  /** How long the old key still works; 0: it ends at once. */
  overlapHours: number
  /** When the new key expires; undefined: as the old one would have. */
  expiresAt?: Date | null | undefined
}

/**
 * Puts a new key in place of one, which works on for the overlap, but never for longer than it would have.
 * A 409 for a key that was rotated already.
 */
export async function rotateApiKey(
  db: Db,
  change: KeyChange,
  { id, overlapHours, expiresAt }: KeyRotation,
): Promise<CreatedApiKey> {
  const { organization, act, now } = change
  const draft = draftApiKey(change, { name: '', expiresAt: null })
  return inTx(db, async (tx) => {
    await bumpVersion(tx)
    const old = await findApiKey(tx, organization, id)
    // The answer to COMMIT may have been lost.
    const made = await findApiKey(tx, organization, draft.id)
    if (made) return { ...draft, name: made.name, expiresAt: made.expiresAt }
    if (!old || old.revokedAt !== null || hasEnded(old, now)) throw notFound(id)
    if (old.replacedBy !== null) throw rotatedAlready(old)
    const end = expiresAt === undefined ? old.expiresAt : expiresAt
    const created = { ...draft, name: old.name, expiresAt: end }
    await addApiKey(tx, change, created, id)
    const oldEnd = earlier(new Date(now.getTime() + overlapHours * HOUR_MS), old.expiresAt)
    await replaceApiKey(tx, organization, { id, replacedBy: draft.id, expiresAt: oldEnd })
    appendEntry(tx, {
      ...{ organization, at: now, act, action: 'key.rotate', object: id },
      before: { expires_date: old.expiresAt?.toISOString() ?? null },
      after: {
        expires_date: oldEnd.toISOString(),
        replaced_by: { id: draft.id, ...keyFields(created) },
      },
    })
    return created
  })
}

function hasEnded({ expiresAt }: ApiKey, now: Date): boolean {
  return expiresAt !== null && expiresAt <= now
}

function earlier(left: Date, right: Date | null): Date {
  return right === null || left < right ? left : right
}

function rotatedAlready({ replacedBy }: ApiKey) {
  return conflict(`The key was rotated already: ${replacedBy} takes its place.`)
}
