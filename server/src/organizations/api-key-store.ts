import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import { idPattern } from '../kernel/id.ts'

const KEY_ID = idPattern('key')

/** A key as it may be shown; of the key itself only a hash is kept. */
export interface ApiKey {
  id: string
  name: string
  /** How the key ends; null in keys from before these were kept. */
  lastFour: string | null
  /** The id of a key or a person, or `operator`; null in keys from before. */
  createdBy: string | null
  createdAt: Date
  /** From then on the key is nobody's; null: never. */
  expiresAt: Date | null
  /** The key that takes its place; null unless it was rotated. */
  replacedBy: string | null
  /** Up to an hour late; null: never, as far as is known. */
  lastUsedAt: Date | null
}

export interface NewApiKey extends Omit<ApiKey, 'replacedBy' | 'lastUsedAt'> {
  organization: number
  hash: Buffer
}

const KEY_COLUMNS = sql`id, name, last_four as "lastFour", created_by as "createdBy",
  created_at as "createdAt", expires_at as "expiresAt", replaced_by as "replacedBy",
  last_used_at as "lastUsedAt"`

/** Does nothing when the id is there already, so that a lost answer to COMMIT does no harm. */
export async function insertApiKey(tx: Tx, key: NewApiKey): Promise<void> {
  await sql`
    insert into api_keys (id, organization, name, hash, last_four, created_by, created_at, expires_at)
    values (${key.id}, ${key.organization}, ${key.name}, ${key.hash}, ${key.lastFour}, ${key.createdBy},
      ${key.createdAt.toISOString()}, ${key.expiresAt?.toISOString() ?? null})
    on conflict (id) do nothing`.execute(tx)
}

/**
 * The keys of an organization that work at this time, oldest first. There are never more than its limit.
 */
export async function listApiKeys(db: Db, organization: number, now: Date): Promise<ApiKey[]> {
  const { rows } = await sql<ApiKey>`
    select ${KEY_COLUMNS} from api_keys
    where organization = ${organization} and revoked_at is null
      and (expires_at is null or expires_at > ${now.toISOString()})
    order by created_at, id`.execute(db)
  return rows
}

/** A key of the organization, whether it works or not. */
export async function findApiKey(
  db: Db,
  organization: number,
  id: string,
): Promise<(ApiKey & { revokedAt: Date | null }) | undefined> {
  // What is no id may not even be valid text to the database.
  if (!KEY_ID.test(id)) return undefined
  const { rows } = await sql<ApiKey & { revokedAt: Date | null }>`
    select ${KEY_COLUMNS}, revoked_at as "revokedAt" from api_keys
    where organization = ${organization} and id = ${id}`.execute(db)
  return rows[0]
}

/** Revoking a second time changes nothing. */
export async function markRevoked(
  tx: Tx,
  organization: number,
  id: string,
  now: Date,
): Promise<void> {
  await sql`
    update api_keys set revoked_at = coalesce(revoked_at, ${now.toISOString()})
    where organization = ${organization} and id = ${id}`.execute(tx)
}

/** The key ends then, and another takes its place. */
export async function replaceApiKey(
  tx: Tx,
  organization: number,
  { id, replacedBy, expiresAt }: { id: string; replacedBy: string; expiresAt: Date },
): Promise<void> {
  await sql`
    update api_keys set replaced_by = ${replacedBy}, expires_at = ${expiresAt.toISOString()}
    where organization = ${organization} and id = ${id}`.execute(tx)
}

/** A key that another process saw later stays as it is. */
export async function updateLastUses(tx: Tx, uses: ReadonlyMap<string, Date>): Promise<void> {
  const sorted = [...uses].sort(([a], [b]) => (a < b ? -1 : 1))
  const ids = sorted.map(([id]) => id)
  const times = sorted.map(([, at]) => at.toISOString())
  await sql`
    with used as (
      select k.id, u.at from api_keys k
        join unnest(${ids}::text[], ${times}::timestamptz[]) as u (id, at) on u.id = k.id
      order by k.id for no key update of k
    )
    update api_keys k set last_used_at = greatest(k.last_used_at, u.at)
    from used u where k.id = u.id`.execute(tx)
}
