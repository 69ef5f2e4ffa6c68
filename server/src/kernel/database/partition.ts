import { sql } from 'kysely'
import type { Db, Tx } from './database.ts'
import { inTx } from './transaction.ts'
import { DAY_MS } from '../durations.ts'

// A process that slept for a week still finds the day it wakes on.
const DAYS_AHEAD = 7
// Any fixed number that no other lock of this program uses.
const PARTITION_LOCK = 7_203_911
// Everybody who comes to the table queues behind one who waits to have it alone.
const LOCK_TIMEOUT_MS = 200
const LOCK_NOT_AVAILABLE = '55P03'

export const PARTITIONED_TABLES = ['events', 'attempts'] as const
export type PartitionedTable = (typeof PARTITIONED_TABLES)[number]

/** The rows of one day. */
export interface Partition {
  /** The table's, and the day's, as in `events_20260131`. */
  name: string
  /** As in `20260131`. */
  day: string
  from: Date
  /** Not in it. */
  to: Date
  /** Whether it took the place of one that had all rows of the day; its name says so too. */
  isKept: boolean
}

/**
 * Makes the partitions from yesterday's (a clock may be a little behind) to a week ahead. Each is
 * built apart and attached: that needs no lock which reads and writes of the table would wait for.
 */
export async function ensurePartitions(db: Db, now: Date): Promise<void> {
  const today = Math.floor(now.getTime() / DAY_MS)
  await inTx(db, async (tx) => {
    await lockPartitions(tx)
    for (const table of PARTITIONED_TABLES) {
      const present = new Set((await listPartitions(tx, table)).map((each) => each.name))
      for (let day = today - 1; day <= today + DAYS_AHEAD; day++) {
        const [from, to] = [new Date(day * DAY_MS), new Date((day + 1) * DAY_MS)]
        const name = `${table}_${from.toISOString().slice(0, 10).replaceAll('-', '')}`
        if (present.has(name)) continue
        await sql.raw(`create table ${name} (like ${table} including all)`).execute(tx)
        await attachPartition(tx, table, { name, from, to })
      }
    }
  })
}

/** Oldest first. */
export async function listPartitions(db: Db, table: PartitionedTable): Promise<Partition[]> {
  const { rows } = await sql<{ name: string; day: string }>`
    select c.relname as name, substring(c.relname from '\\d{8}') as day
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = ${table}::regclass
    order by day`.execute(db)
  return rows.map(({ name, day }) => {
    const from = new Date(day.replace(/^(....)(..)(..)$/, '$1-$2-$3'))
    return {
      name,
      day,
      from,
      to: new Date(from.getTime() + DAY_MS),
      isKept: name.endsWith('_kept'),
    }
  })
}

/** An empty table that is to take the place of the partition, under the same bounds. */
export async function buildReplacement(
  tx: Tx,
  table: PartitionedTable,
  { name, from, to, ...same }: Partition,
): Promise<Partition> {
  const replacement = { ...same, name: `${name}_kept`, from, to, isKept: true }
  // With its bounds as a constraint it is attached without being read.
  const bounds = `at >= '${from.toISOString()}' and at < '${to.toISOString()}'`
  await sql
    .raw(`create table ${replacement.name} (like ${table} including all, check (${bounds}))`)
    .execute(tx)
  return replacement
}

export async function attachPartition(
  tx: Tx,
  table: PartitionedTable,
  { name, from, to }: Pick<Partition, 'name' | 'from' | 'to'>,
): Promise<void> {
  const bounds = `from ('${from.toISOString()}') to ('${to.toISOString()}')`
  await sql.raw(`alter table ${table} attach partition ${name} for values ${bounds}`).execute(tx)
}

/** Needs the whole table for itself, if only for a moment. */
export async function dropPartition(
  tx: Tx,
  table: PartitionedTable,
  { name }: Partition,
): Promise<void> {
  await sql.raw(`alter table ${table} detach partition ${name}; drop table ${name}`).execute(tx)
}

/**
 * Changes partitions, one process at a time, in one tx. Gives up where it would have to wait for a
 * lock, and returns undefined: there is another time.
 */
export async function changePartitions<T>(
  db: Db,
  work: (tx: Tx) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await inTx(db, async (tx) => {
      await sql`select set_config('lock_timeout', ${`${LOCK_TIMEOUT_MS}ms`}, true)`.execute(tx)
      await lockPartitions(tx)
      return work(tx)
    })
  } catch (error) {
    if ((error as { code?: unknown }).code === LOCK_NOT_AVAILABLE) return undefined
    throw error
  }
}

/** Until this tx ends no partition is made or dropped, nor is one replaced by a copy that is being made. */
export async function holdPartitions(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(${PARTITION_LOCK})`.execute(tx)
}

async function lockPartitions(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${PARTITION_LOCK})`.execute(tx)
}

/** Drops the days that ended before then, with all that is in them. */
export async function dropDays(db: Db, table: PartitionedTable, before: Date): Promise<void> {
  const isOld = ({ to }: Partition): boolean => to <= before
  if (!(await listPartitions(db, table)).some(isOld)) return
  await changePartitions(db, async (tx) => {
    const old = (await listPartitions(tx, table)).filter(isOld)
    for (const partition of old) await dropPartition(tx, table, partition)
  })
}
