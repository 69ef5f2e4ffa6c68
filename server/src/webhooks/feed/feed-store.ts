import { sql } from 'kysely'
import type { Db } from '../../kernel/database/database.ts'
import type { WaitingEvent } from '../../events/claim-lanes.ts'
import type { SubscribableType } from '../../events/event.ts'
import { toPgSnapshot } from './tx-snapshot.ts'
import type { TxSnapshot } from './tx-snapshot.ts'

/** The sort key of the event feed. */
export interface FeedKey {
  tx: number
  subject: string
  sequence: number
}

export type FeedEvent = Omit<WaitingEvent, 'endpoint' | 'lane'> & FeedKey

/** The events that were committed between two snapshots. */
export interface FeedQuery {
  organization: number
  types: readonly SubscribableType[]
  since: TxSnapshot
  until: TxSnapshot
  /** Bounds on the events' times, so that few partitions are opened. */
  from: Date
  to: Date
}

type Between = Pick<FeedQuery, 'types' | 'from' | 'to'>

function amongThese({ types, from, to }: Between) {
  return sql`type = any(${types}::text[]) and at >= ${from} and at < ${to}`
}

/** Events of txs that were open at the snapshot… */
function openSince({ open }: TxSnapshot) {
  return sql`tx = any(${`{${open.join(',')}}`}::text::xid8[])`
}

/** …and of txs that began after it. */
function begunSince({ next }: { next: number }) {
  return sql`tx >= ${String(next)}::text::xid8`
}

function isIn(snapshot: TxSnapshot) {
  return sql`pg_visible_in_snapshot(tx, ${toPgSnapshot(snapshot)}::text::pg_snapshot)`
}

/** Keyset page of the next events' keys. The two kinds of tx are read apart: each is then a walk along an index. */
export async function listFeedKeys(
  db: Db,
  query: FeedQuery & { after: FeedKey | undefined; limit: number },
): Promise<FeedKey[]> {
  const { organization, since, until, after, limit } = query
  const behind = after
    ? sql`and (tx, subject, sequence) >
        (${String(after.tx)}::text::xid8, ${after.subject}::uuid, ${after.sequence}::integer)`
    : sql``
  const walk = (isNew: ReturnType<typeof openSince>) => sql`
    (select tx, subject, sequence from events
    where organization = ${organization} and ${isNew} and ${amongThese(query)} ${behind}
      and ${isIn(until)}
    order by tx, subject, sequence limit ${limit})`
  const next = Math.max(since.next, after?.tx ?? 0)
  const { rows } = await sql<FeedKey>`
    select tx::text::bigint as tx, subject, sequence
    from (${walk(openSince(since))} union all ${walk(begunSince({ next }))}) e
    order by e.tx, subject, sequence limit ${limit}`.execute(db)
  return rows
}

/** The events of these subjects, which must be the organization's own: no other index leads to few. */
export async function listFeedEvents(
  db: Db,
  query: Omit<FeedQuery, 'organization'>,
  subjects: string[],
): Promise<FeedEvent[]> {
  const { since, until } = query
  const { rows } = await sql<FeedEvent>`
    select tx::text::bigint as tx, subject, sequence, id, at, type, merchant, previous, current, cause,
      blob
    from events
    where subject = any(${subjects}::uuid[])
      and ${amongThese(query)} and ${isIn(until)} and not ${isIn(since)}`.execute(db)
  return rows
}

/** Which of these organizations have events since the snapshot. */
export async function listOrganizationsWithEvents(
  db: Db,
  query: Between & { organizations: number[]; since: TxSnapshot },
): Promise<number[]> {
  const { organizations, since } = query
  const has = (isNew: ReturnType<typeof openSince>) => sql`exists (
    select 1 from events where organization = o.number and ${isNew} and ${amongThese(query)})`
  const { rows } = await sql<{ number: number }>`
    select o.number from unnest(${organizations}::integer[]) as o (number)
    where ${has(openSince(since))} or ${has(begunSince(since))}`.execute(db)
  return rows.map((row) => row.number)
}
