import { hash } from 'node:crypto'
import type { Db } from '../kernel/database/database.ts'
import { newApiKey, newId } from '../kernel/id.ts'
import { conflict } from '../kernel/problem.ts'
import { inTx } from '../kernel/database/transaction.ts'
import { insertApiKey, listApiKeys } from './api-key-store.ts'
import { bumpVersion } from './snapshot-store.ts'

/** Unrevoked keys of one organization: one a program that calls, with room to change them. */
export const MAX_API_KEYS = 100

/** The only time that the key itself is there to be shown. */
export interface CreatedApiKey {
  id: string
  name: string
  key: string
}

export async function createApiKey(
  db: Db,
  { organization, name, now }: { organization: number; name: string; now: Date },
): Promise<CreatedApiKey> {
  const id = newId('key')
  const key = newApiKey()
  await inTx(db, async (tx) => {
    await bumpVersion(tx)
    const others = (await listApiKeys(tx, organization)).filter((each) => each.id !== id)
    if (others.length >= MAX_API_KEYS) {
      throw conflict(`An organization has at most ${MAX_API_KEYS} keys; revoke one first.`)
    }
    const keyHash = hash('sha256', key, 'buffer')
    await insertApiKey(tx, { id, organization, name, hash: keyHash, createdAt: now })
  })
  return { id, name, key }
}
