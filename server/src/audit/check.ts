import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Db } from '../kernel/database/database.ts'
import type { PartitionedTable } from '../kernel/database/partition.ts'

/** What one invariant's check found. Samples are keys of rows, which tell nobody's id. */
export interface CheckResult {
  name: string
  /** How many things were looked at. */
  checked: number
  /** How many of them are wrong. */
  drift: number
  samples: string[]
}

export type Check = ((db: Db) => Promise<CheckResult>) & {
  /** What it checks, known before it has run. */
  invariant: string
}

const MAX_SAMPLES = 10

/**
 * A check of one invariant: `all` selects what is looked at, `drift` what is wrong, as a text
 * column named `sample`. Each is one statement, so that it sees one moment of a database that is
 * at work; it reads whole tables, which other statements are kept from.
 */
export function check(name: string, all: RawBuilder<unknown>, drift: RawBuilder<unknown>): Check {
  const run = async (db: Db): Promise<CheckResult> => {
    const { rows } = await db.transaction().execute(async (tx) => {
      await sql`set local enable_seqscan = on`.execute(tx)
      return sql<{ checked: number; drift: number; samples: string[] }>`
      with drift as materialized (${drift})
      select (select count(*)::int from (${all}) as looked_at) as checked,
        (select count(*)::int from drift) as drift,
        array(select sample from drift order by sample limit ${MAX_SAMPLES}) as samples`.execute(tx)
    })
    return { name, ...(rows[0] ?? { checked: 0, drift: 0, samples: [] }) }
  }
  return Object.assign(run, { invariant: name })
}

/** From when on nothing was dropped of the table: the first of the days that are there as they were. */
export const wholeSince = (table: PartitionedTable) => sql`(
  select min(to_date(substring(c.relname from '\\d{8}'), 'YYYYMMDD')::timestamp at time zone 'UTC')
  from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = ${table}::regclass and c.relname !~ 'kept$')`
