import { sql } from 'kysely'
import type { ChoreClaims } from '../chores.ts'
import type { Db } from './database.ts'
import { inTx } from './transaction.ts'

/** Chores that are shared by the processes on the database, by its clock. */
export function createChoreClaims(db: Db): ChoreClaims {
  return {
    claim: (name, forMs) =>
      inTx(db, async (tx) => {
        const { rows } = await sql<{ name: string }>`
          insert into chores (name, due_at)
          values (${name}, now() + ${forMs}::float8 * interval '1 millisecond')
          on conflict (name) do update set due_at = excluded.due_at where chores.due_at <= now()
          returning name`.execute(tx)
        return rows.length > 0
      }),
    release: (name) =>
      inTx(db, async (tx) => {
        await sql`update chores set due_at = now() where name = ${name}`.execute(tx)
      }),
  }
}
