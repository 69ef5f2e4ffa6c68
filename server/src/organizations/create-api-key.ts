import { hash } from 'node:crypto'
import type { Db, Tx } from '../kernel/database/database.ts'
import { newApiKey, newId } from '../kernel/id.ts'
import { conflict, Problem } from '../kernel/problem.ts'
import { inTx } from '../kernel/database/transaction.ts'
import { appendEntry } from '../journal/append-entries.ts'
import { actorText } from '../journal/entry.ts'
import type { Act } from '../journal/entry.ts'
import { findApiKey, insertApiKey, listApiKeys } from './api-key-store.ts'
import type { NewApiKey } from './api-key-store.ts'
import { bumpVersion } from './snapshot-store.ts'

/** Working keys of one organization: one a program that calls, with room to change them. */
export const MAX_API_KEYS = 100

const SHOWN_END = 4

/** The only time that the key itself is there to be shown. */
export interface CreatedApiKey extends NewApiKey {
  key: string
}

/** The context of a change of an organization's keys. */
export interface KeyChange {
  /** Its number. */
  organization: number
  act: Act
  now: Date
}

/** A key that is not stored yet. Made before the tx, so that a retry makes no second key. */
export function draftApiKey(
  { organization, act, now }: KeyChange,
  { name, expiresAt }: { name: string; expiresAt: Date | null },
): CreatedApiKey {
  const key = newApiKey()
  return {
    id: newId('key'),
    organization,
    name,
    key,
    hash: hash('sha256', key, 'buffer'),
    lastFour: key.slice(-SHOWN_END),
    createdBy: actorText(act.actor),
    createdAt: now,
    expiresAt,
  }
}

/**
 * Creates a key. A 403 for a key that asks for one which would outlast it, a 409 where there are as many as
 * an organization can have.
 */
export async function createApiKey(
  db: Db,
  change: KeyChange,
  { name, expiresAt = null }: { name: string; expiresAt?: Date | null },
): Promise<CreatedApiKey> {
  const draft = draftApiKey(change, { name, expiresAt })
  await inTx(db, async (tx) => {
    await bumpVersion(tx)
    await addApiKey(tx, change, draft)
    appendEntry(tx, {
      ...{ organization: change.organization, at: change.now, act: change.act },
      ...{ action: 'key.create', object: draft.id },
      after: keyFields(draft),
    })
  })
  return draft
}

/** Stores a key within the limits, once the directory is locked; `replaced` is the key that makes room. */
export async function addApiKey(
  tx: Tx,
  change: KeyChange,
  draft: CreatedApiKey,
  replaced?: string,
): Promise<void> {
  const { organization, now } = change
  await assertOutlives(tx, change, draft.expiresAt)
  const working = await listApiKeys(tx, organization, now)
  if (working.filter(({ id }) => id !== draft.id && id !== replaced).length >= MAX_API_KEYS) {
    throw conflict(`An organization has at most ${MAX_API_KEYS} keys; revoke one first.`)
  }
  await insertApiKey(tx, draft)
}

/** No key gives more than it has: one that ends makes none that would go on. */
async function assertOutlives(
  tx: Tx,
  { organization, act: { actor } }: KeyChange,
  expiresAt: Date | null,
): Promise<void> {
  if (actor?.kind !== 'key') return
  const own = await findApiKey(tx, organization, actor.id)
  const end = own?.expiresAt ?? null
  if (end === null || (expiresAt !== null && expiresAt <= end)) return
  throw new Problem(
    403,
    'Forbidden',
    `This key expires at ${end.toISOString()} and can make no key that would outlast it.`,
    { field: 'expires_date' },
  )
}

type KeyField = 'name' | 'lastFour' | 'expiresAt'

/** What the journal says of a key. */
export function keyFields({ name, lastFour, expiresAt }: Pick<NewApiKey, KeyField>) {
  return {
    name,
    last_four: lastFour,
    expires_date: expiresAt?.toISOString() ?? null,
  }
}
