import { sql } from 'kysely'
import type { Tx } from '../kernel/database.ts'

/**
 * For the rest of the tx rows are looked up one by one, by what they are known by. Plans are kept, and made
 * while the table is small it looks as good to read all of it once: measured, seconds for 2,000 lanes.
 */
export async function preferKeys(tx: Tx): Promise<void> {
  await sql`
    select set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
      set_config('enable_bitmapscan', 'off', true)`.execute(tx)
}
