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

/** Waits for txs that are writing what names the customers, and makes others wait until this tx ends. */
export async function lockErasures(tx: Tx, keys: string[]): Promise<void> {
  const buckets = [...new Set(keys.map(bucketOf))].sort((a, b) => a - b)
  await sql`
    select pg_advisory_xact_lock(${ERASURE_LOCK}::int, bucket)
    from unnest(${buckets}::int[]) as b (bucket)`.execute(tx)
}

/** Keys are hashes to their end. */
function bucketOf(key: string): number {
  return Number.parseInt(key.slice(-4), 16) % BUCKETS
}
