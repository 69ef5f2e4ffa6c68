import { sql } from 'kysely'
import type { Db } from '../../kernel/database/database.ts'

/**
 * Snapshot of the database by transaction numbers, as `pg_current_snapshot` has it: all txs below `next` are
 * visible, except for those that were still `open`. A tx gets its number when it first writes, not when
 * it commits: so the highest number seen says nothing about the numbers below it.
 */
export interface TxSnapshot {
  next: number
  /** Ascending. */
  open: number[]
}

export async function getTxSnapshot(db: Db): Promise<TxSnapshot> {
  const { rows } = await sql<{ text: string }>`
    select pg_current_snapshot()::text as text`.execute(db)
  const [, next = '', open = ''] = rows[0]?.text.split(':') ?? []
  return { next: Number(next), open: open === '' ? [] : open.split(',').map(Number) }
}

/** As PostgreSQL writes it. */
export function toPgSnapshot({ next, open }: TxSnapshot): string {
  return `${open[0] ?? next}:${next}:${open.join(',')}`
}

/** Short, for a cursor: the open ones by their distances, from `next` down. */
export function packSnapshot({ next, open }: TxSnapshot): string {
  const distances = open.toReversed().map((tx, index, all) => (all[index - 1] ?? next) - tx)
  return [next, ...distances].map((number) => number.toString(36)).join('.')
}

/** Undefined for text that `packSnapshot` did not make. */
export function unpackSnapshot(packed: unknown): TxSnapshot | undefined {
  if (
    typeof packed !== 'string' ||
    !/^[1-9a-z][0-9a-z]{0,9}(?:\.[1-9a-z][0-9a-z]{0,9})*$/.test(packed)
  )
    return undefined
  const [next = 0, ...distances] = packed.split('.').map((text) => Number.parseInt(text, 36))
  let last = next
  const open = distances.map((distance) => (last -= distance)).toReversed()
  const isPossible = Number.isSafeInteger(next) && (open[0] ?? next) > 0
  return isPossible ? { next, open } : undefined
}
