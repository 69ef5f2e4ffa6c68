import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import { exactTime, nextDate } from '../kernel/database/list-order.ts'
import type { KeysetPosition } from '../kernel/database/page.ts'
import type { SegmentName, VerdictPolicy } from '../organizations/organization.ts'
import type { EvidenceWithdrawal } from './evidence-withdrawal-store.ts'
import type { Evidence } from './order.ts'

/**
 * An order of which its merchant said otherwise than the network judged, or whose evidence was taken back.
 * One that is both is there twice.
 */
export interface ConflictRow {
  id: string
  button_id: string
  blob: Uint8Array
  claim: boolean | null
  verdict: SegmentName
  segment: SegmentName
  policy: VerdictPolicy
  judged_at: Date
  /** When it came to be a conflict. */
  at: Date
  /** The same, to the microsecond. */
  exact: string
  /** How the evidence was taken back; null where the merchant's word is the conflict. */
  cause: EvidenceWithdrawal['cause'] | null
  counted: boolean | null
}

export interface ConflictQuery {
  merchant: number
  /** Inclusive. */
  start: string | null
  /** Exclusive. */
  end: string | null
}

type Page = { before: KeysetPosition | undefined; limit: number }

// Both as in the index, so that only conflicts are ever looked at.
const IS_CONFLICT = sql`claim is not null and claim <> (verdict = 'new') and not is_test`
const LISTED_AT = sql`coalesce(listed_at, created_at)`

function claimsOf({ merchant, start, end }: ConflictQuery) {
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
      select m.number as merchant, greatest((
          select max(${LISTED_AT}) from orders
          where merchant = m.number and ${IS_CONFLICT} and id <> all(${ids})
        ), (select max(at) from evidence_withdrawals where merchant = m.number)) as latest
      from unnest(${[...new Set(orders.map(({ merchant }) => merchant))]}::int[]) as m (number)
    ) l
    where o.id = any(${ids}) and o.merchant = l.merchant and o.created_at <= l.latest`.execute(tx)
}

/** The same for evidence that this tx has taken back, of the orders with these keys; `at`: now. */
export async function publishWithdrawals(tx: Tx, orders: string[], at: Date): Promise<void> {
  const ids = sql`${orders}::uuid[]`
  const latest = sql`greatest((
      select max(${LISTED_AT}) from orders where merchant = m.merchant and ${IS_CONFLICT}
    ), (
      select max(at) from evidence_withdrawals
      where merchant = m.merchant and order_key <> all(${ids})
    ))`
  await sql`
    update evidence_withdrawals w set at = d.at
    from (
      select merchant, ${nextDate(at, latest)} as at
      from (select distinct merchant from evidence_withdrawals where order_key = any(${ids})) m
    ) d
    where w.order_key = any(${ids}) and w.merchant = d.merchant`.execute(tx)
}

function withdrawalsOf({ merchant, start, end }: ConflictQuery) {
  return sql`
    merchant = ${merchant}
      and (${start}::timestamptz is null or at >= ${start}::timestamptz)
      and (${end}::timestamptz is null or at < ${end}::timestamptz)`
}

/** What comes behind the last page, newest first; `time` is what the list is sorted by. */
function pageOf(time: RawBuilder<unknown>, id: RawBuilder<unknown>, { before, limit }: Page) {
  return sql`
    ${before === undefined ? sql`` : sql`and (${time}, ${id}) < (${before.at}::timestamptz, ${before.id}::uuid)`}
    order by ${time} desc, ${id} desc limit ${limit}`
}

/** Newest first. */
export async function listConflicts(
  db: Db,
  query: ConflictQuery,
  page: Page,
): Promise<ConflictRow[]> {
  const { rows } = await sql<ConflictRow>`
    with claims as (
      select id, ${LISTED_AT} as at, null::text as cause, null::boolean as counted from orders
      where ${claimsOf(query)} ${pageOf(LISTED_AT, sql`id`, page)}
    ), withdrawn as (
      select order_key as id, at, cause, counted from evidence_withdrawals
      where ${withdrawalsOf(query)} ${pageOf(sql`at`, sql`order_key`, page)}
    )
    select o.id, o.button_id, o.blob, o.claim, o.verdict, coalesce(o.segment, o.verdict) as segment,
      o.policy, coalesce(o.listed_at, o.created_at) as judged_at, c.at, ${exactTime(sql`c.at`)} as exact,
      c.cause, c.counted
    from (select * from claims union all select * from withdrawn) c join orders o on o.id = c.id
    order by c.at desc, c.id desc limit ${page.limit}`.execute(db)
  return rows
}

export async function countConflicts(
  db: Db,
  query: ConflictQuery,
): Promise<{ conflicts: number; claimed_new: number; claimed_active: number }> {
  const { rows } = await sql<{ claims: number; claimed_new: number; withdrawn: number }>`
    select count(*)::int as claims, (count(*) filter (where claim))::int as claimed_new,
      (select count(*)::int from evidence_withdrawals where ${withdrawalsOf(query)}) as withdrawn
    from orders where ${claimsOf(query)}`.execute(db)
  const { claims, claimed_new, withdrawn } = rows[0] ?? { claims: 0, claimed_new: 0, withdrawn: 0 }
  return { conflicts: claims + withdrawn, claimed_new, claimed_active: claims - claimed_new }
}

/** An order of a publisher's whose evidence was taken back. */
export interface PublisherConflictRow {
  id: string
  button_id: string
  merchant: number
  transaction: string
  verdict: SegmentName
  segment: SegmentName
  evidence: Evidence | null
  later_evidence: Evidence | null
  created_at: Date
  counted: boolean
  at: Date
}

/** Newest first. Where the merchant told no segments, nothing was decided by evidence. */
export async function listPublisherConflicts(
  db: Db,
  publisher: number,
  page: Page,
): Promise<PublisherConflictRow[]> {
  const { rows } = await sql<PublisherConflictRow>`
    with withdrawn as (
      select order_key as id, transaction, at, counted from evidence_withdrawals w
      where publisher = ${publisher}
        and exists (select from transactions where id = w.transaction and segment is not null)
        ${pageOf(sql`at`, sql`order_key`, page)}
    )
    select o.id, o.button_id, o.merchant, w.transaction, o.verdict,
      coalesce(o.segment, o.verdict) as segment, o.evidence, o.later_evidence, o.created_at, w.counted,
      w.at
    from withdrawn w join orders o on o.id = w.id
    order by w.at desc, w.id desc`.execute(db)
  return rows
}
