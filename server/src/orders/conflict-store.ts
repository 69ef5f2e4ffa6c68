import { sql } from 'kysely'
import type { Db } from '../kernel/database/database.ts'
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
  created_at: Date
}

export interface ConflictQuery {
  merchant: number
  /** Inclusive. */
  start: string | null
  /** Exclusive. */
  end: string | null
}

/** The condition is that of the index, so that only conflicts are ever looked at. */
function conflictsOf({ merchant, start, end }: ConflictQuery) {
  return sql`
    merchant = ${merchant} and claim is not null and claim <> (verdict = 'new') and not is_test
      and (${start}::timestamptz is null or created_at >= ${start}::timestamptz)
      and (${end}::timestamptz is null or created_at < ${end}::timestamptz)`
}

/** Newest first. */
export async function listConflicts(
  db: Db,
  query: ConflictQuery,
  { before, limit }: { before: KeysetPosition | undefined; limit: number },
): Promise<ConflictRow[]> {
  const { rows } = await sql<ConflictRow>`
    select id, button_id, blob, claim, verdict, coalesce(segment, verdict) as segment, policy,
      created_at
    from orders where ${conflictsOf(query)}
      ${before === undefined ? sql`` : sql`and (created_at, id) < (${before.at}, ${before.id}::uuid)`}
    order by created_at desc, id desc limit ${limit}`.execute(db)
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
