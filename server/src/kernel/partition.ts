import { sql } from 'kysely'
import type { Db } from './database.ts'
import { inTx } from './transaction.ts'

const DAY_MS = 86_400_000
// A process that slept for a week still finds the day it wakes on.
const DAYS_AHEAD = 7
// Any fixed number that no other lock of this program uses.
const PARTITION_LOCK = 7_203_911

export const PARTITIONED_TABLES = ['events', 'attempts'] as const

/**
 * Makes the partitions from yesterday's (a clock may be a little behind) to a week ahead. Each is
 * built apart and attached: that needs no lock which reads and writes of the table would wait for.
 */
export async function ensurePartitions(db: Db, now: Date): Promise<void> {
  const today = Math.floor(now.getTime() / DAY_MS)
  await inTx(db, async (tx) => {
    await sql`select pg_advisory_xact_lock(${PARTITION_LOCK})`.execute(tx)
    const { rows } = await sql<{ name: string }>`
      select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent in ('events'::regclass, 'attempts'::regclass)`.execute(tx)
    const present = new Set(rows.map((row) => row.name))
    for (let day = today - 1; day <= today + DAYS_AHEAD; day++) {
      for (const table of PARTITIONED_TABLES) {
        const from = new Date(day * DAY_MS).toISOString()
        const to = new Date((day + 1) * DAY_MS).toISOString()
        const name = `${table}_${from.slice(0, 10).replaceAll('-', '')}`
        if (present.has(name)) continue
        await sql
          .raw(
            `create table ${name} (like ${table} including all);
             alter table ${table} attach partition ${name} for values from ('${from}') to ('${to}')`,
          )
          .execute(tx)
      }
    }
  })
}
