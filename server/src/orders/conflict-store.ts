import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import { exactTime } from '../kernel/database/list-order.ts'
import type { KeysetPosition } from '../kernel/database/page.ts'
import type { SegmentName, VerdictPolicy } from '../organizations/organization.ts'

/** An order of which its merchant said otherwise than the network judged. */
export interface ConflictRow {
  id: string
  button_id: string
  blob: Uint8Array
  claim: boolean
  verdict: SegmentName
  segment: SegmentName
  policy: VerdictPolicy
  listed_at: Date
  /** The same, to the microsecond. */
  exact: string
}

export interface ConflictQuery {
  merchant: number
  /** Inclusive. */
  start: string | null
  /** Exclusive. */
  end: string | null
}

// Both as in the index, so that only conflicts are ever looked at.
const IS_CONFLICT = sql`claim is not null and claim <> (verdict = 'new') and not is_test`
const LISTED_AT = sql`coalesce(listed_at, created_at)`

function conflictsOf({ merchant, start, end }: ConflictQuery) {
  return sql`
    merchant = ${merchant} and ${IS_CONFLICT}
      and (${start}::timestamptz is null or ${LISTED_AT} >= ${start}::timestamptz)
      and (${end}::timestamptz is null or ${LISTED_AT} < ${end}::timestamptz)`
}

/**
 * Adds conflicts that this tx has inserted to the ends of their merchants' lists. The last that a tx does,
 * under the locks of the lists.
 */
export async function publishConflicts(
  tx: Tx,
  orders: { id: string; merchant: number }[],
): Promise<void> {
  if (orders.length === 0) return
  const ids = sql`${orders.map(({ id }) => id)}::uuid[]`
  await sql`
    update orders o set listed_at = l.latest + interval '1 microsecond'
    from (
      select m.number as merchant, (
          select max(${LISTED_AT}) from orders
          where merchant = m.number and ${IS_CONFLICT} and id <> all(${ids})
        ) as latest
      from unnest(${[...new Set(orders.map(({ merchant }) => merchant))]}::int[]) as m (number)
    ) l
    where o.id = any(${ids}) and o.merchant = l.merchant and o.created_at <= l.latest`.execute(tx)
}

/** Newest first. */
export async function listConflicts(
  db: Db,
  query: ConflictQuery,
  { before, limit }: { before: KeysetPosition | undefined; limit: number },
): Promise<ConflictRow[]> {
  const behind =
    before === undefined
      ? sql``
      : sql`and (${LISTED_AT}, id) < (${before.at}::timestamptz, ${before.id}::uuid)`
  const { rows } = await sql<ConflictRow>`
    select id, button_id, blob, claim, verdict, coalesce(segment, verdict) as segment, policy,
      ${LISTED_AT} as listed_at, ${exactTime(LISTED_AT)} as exact
    from orders where ${conflictsOf(query)} ${behind}
    order by ${LISTED_AT} desc, id desc limit ${limit}`.execute(db)
  return rows
}

export async function countConflicts(
  db: Db,
  query: ConflictQuery,
): Promise<{ conflicts: number; claimed_new: number; claimed_active: number }> {
  const { rows } = await sql<{ conflicts: number; claimed_new: number }>`
    select count(*)::int as conflicts, (count(*) filter (where claim))::int as claimed_new
    from orders where ${conflictsOf(query)}`.execute(db)
  const { conflicts, claimed_new } = rows[0] ?? { conflicts: 0, claimed_new: 0 }
  return { conflicts, claimed_new, claimed_active: conflicts - claimed_new }
}
