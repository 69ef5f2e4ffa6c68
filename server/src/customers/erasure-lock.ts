import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'

// Any fixed number that no other lock of this program uses.
const ERASURE_LOCK = 7_203_912
// A set of orders takes as many locks at the most; the database's own table of them is small.
const BUCKETS = 64

/**
 * Until the tx ends these customers are not erased: what names them is read after this, and is
 * written before an erasure looks for it. Keys, also of customers that nobody has reported.
 */
export async function holdOffErasures(tx: Db, keys: string[]): Promise<void> {
  const buckets = [...new Set(keys.map(bucketOf))].sort((a, b) => a - b)
  if (buckets.length === 0) return
  await sql`
    select pg_advisory_xact_lock_shared(${ERASURE_LOCK}::int, bucket)
    from unnest(${buckets}::int[]) as b (bucket)`.execute(tx)
}

/** Waits for whoever is writing what names the customer, and has others wait until the tx ends. */
export async function lockErasure(tx: Tx, key: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(${ERASURE_LOCK}::int, ${bucketOf(key)}::int)`.execute(tx)
}

/** Keys are hashes to their end. */
function bucketOf(key: string): number {
  return Number.parseInt(key.slice(-4), 16) % BUCKETS
}
