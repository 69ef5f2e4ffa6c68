import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import { idPattern } from '../kernel/id.ts'

const KEY_ID = idPattern('key')

/** A key as it may be shown; of the key itself only a hash is kept. */
export interface ApiKey {
  id: string
  name: string
  createdAt: Date
}

export interface NewApiKey extends ApiKey {
  organization: number
  hash: Buffer
}

/** Does nothing when the id is there already, so that a lost answer to COMMIT does no harm. */
export async function insertApiKey(tx: Tx, key: NewApiKey): Promise<void> {
  await sql`
    insert into api_keys (id, organization, name, hash, created_at)
    values (${key.id}, ${key.organization}, ${key.name}, ${key.hash},
      ${key.createdAt.toISOString()})
    on conflict (id) do nothing`.execute(tx)
}

/** The unrevoked keys of an organization, oldest first. There are never more than its limit. */
export async function listApiKeys(db: Db, organization: number): Promise<ApiKey[]> {
  const { rows } = await sql<{ id: string; name: string; created_at: Date }>`
    select id, name, created_at from api_keys
    where organization = ${organization} and revoked_at is null
    order by created_at, id`.execute(db)
  return rows.map(({ id, name, created_at }) => ({ id, name, createdAt: created_at }))
}

/** False when the organization has no such key. Revoking a second time changes nothing. */
export async function revokeApiKey(
  tx: Tx,
  organization: number,
  id: string,
  now: Date,
): Promise<boolean> {
  if (!KEY_ID.test(id)) return false
  const { rows } = await sql`
    update api_keys set revoked_at = coalesce(revoked_at, ${now.toISOString()})
    where organization = ${organization} and id = ${id} returning id`.execute(tx)
  return rows.length > 0
}
