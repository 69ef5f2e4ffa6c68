import { sql } from 'kysely'
import type { Tx } from './database.ts'

/** Ways in which PostgreSQL reads and joins tables, by the names of its settings `enable_…`. */
export type PlanMethod = 'bitmapscan' | 'hashjoin' | 'mergejoin' | 'sort'

/**
 * For the rest of the tx these are used only where nothing else would do. Plans are kept, and made while a
 * table is small, or not analyzed yet, they are often such that all of it is read.
 */
export async function planWithout(tx: Tx, ...methods: PlanMethod[]): Promise<void> {
  await sql`
    select set_config('enable_' || method, 'off', true)
    from unnest(${methods}::text[]) as m (method)`.execute(tx)
}
