import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { AttemptRow } from '../webhooks/attempts/attempt-store.ts'
import type { LaneRow } from '../events/lane-store.ts'
import type { Click } from '../links/click.ts'
import type { KeptRemoval } from '../imports/store/removal-store.ts'
import type { Db } from '../kernel/database/database.ts'
import type { Membership } from '../segments/membership-store.ts'

/*
 * What each table holds of one customer, by its key, for an export. Lists that may be long are read a batch at a
 * time: `after` is the last row of the batch before.
 */

/** All stays, of whichever it has left too; the oldest first. */
export async function listAllStays(db: Db, customer: string): Promise<Membership[]> {
  const { rows } = await sql<Membership>`
    select customer, id, merchant, entered_at, entered_by, left_at, left_by
    from memberships where customer = ${customer} order by entered_at, id`.execute(db)
  return rows
}

export async function listClicksAfter(
  db: Db,
  customer: string,
  after: Click | undefined,
  limit: number,
): Promise<Click[]> {
  const { rows } = await sql<Click>`
    select id, publisher, merchant, customer, blob, at from clicks
    where customer = ${customer} ${behind(after?.id)} order by id limit ${limit}`.execute(db)
  return rows
}

/** Keys of the rows that name the customer, in order. */
export async function listKeysAfter(
  db: Db,
  table: 'orders' | 'transactions',
  { customer, after, limit }: { customer: string; after: string | undefined; limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from ${sql.raw(table)}
    where customer = ${customer} ${behind(after)} order by id limit ${limit}`.execute(db)
  return rows.map(({ id }) => id)
}

const behind = (id: string | undefined): RawBuilder<unknown> =>
  id === undefined ? sql`` : sql`and id > ${id}`

/** An order that was judged by the customer's purchase. */
export interface JudgedBy {
  id: string
  button_id: string
  created_at: Date
}

/** Orders that owe a publisher and for which this customer was evidence; others are found by their own customer. */
export async function listJudgedBy(
  db: Db,
  customer: string,
  after: JudgedBy | undefined,
  limit: number,
): Promise<JudgedBy[]> {
  // Two indexes, each of its own expression: one condition of both would read the table.
  const of = (column: RawBuilder<unknown>) => sql`
    select id, button_id, created_at from orders
    where transaction is not null and ${column} is not null and ${column} ->> 'buyer' is not null
      and ${column} ->> 'buyer' = ${customer}::text ${behind(after?.id)}`
  const { rows } = await sql<JudgedBy>`
    ${of(sql`evidence`)} union ${of(sql`later_evidence`)} order by id limit ${limit}`.execute(db)
  return rows
}

/** Imports whose batches gave the customer something, and those whose replacement took something away. */
export async function listNamingImports(
  db: Db,
  organization: number,
  customer: string,
): Promise<{ key: string; created_at: Date }[]> {
  const { rows } = await sql<{ key: string; created_at: Date }>`
    select distinct i.key, i.created_at
    from imports i join import_batch_results r on r.import = i.key
    where i.organization = ${organization}
      and (r.customers @> array[${customer}::uuid] or r.swept @> array[${customer}::uuid])
    order by i.created_at, i.key`.execute(db)
  return rows
}

export async function listRemovalsOf(
  db: Db,
  customer: string,
): Promise<(KeptRemoval & { import: string; taken_by: string })[]> {
  const { rows } = await sql<KeptRemoval & { import: string; taken_by: string }>`
    select import, taken_by, customer, blob, created_at, is_overruled from import_removals
    where customer = ${customer} order by import, taken_by`.execute(db)
  return rows
}

/** YYYY-MM-DD; null where no sign of life is kept that leaves no other trace. */
export async function findLastSign(db: Db, customer: string): Promise<string | null> {
  const { rows } = await sql<{ day: string }>`
    select day::text as day from last_signs where customer = ${customer}`.execute(db)
  return rows[0]?.day ?? null
}

/** What waits to be sent of the customer's own events, by the webhook's id. */
export async function listLanesOf(
  db: Db,
  organization: number,
  customer: string,
): Promise<(Pick<LaneRow, 'acked' | 'tail' | 'waiting_since'> & { webhook: string })[]> {
  const { rows } = await sql<
    Pick<LaneRow, 'acked' | 'tail' | 'waiting_since'> & { webhook: string }
  >`
    select p.id as webhook, l.acked, l.tail, l.waiting_since
    from endpoints p join lanes l on l.endpoint = p.number
    where p.organization = ${organization} and l.subject = ${customer} order by p.id`.execute(db)
  return rows
}

/** Replays that were asked for this customer alone, or that still have events of it to send. */
export async function listReplaysOf(
  db: Db,
  organization: number,
  customer: string,
): Promise<{ id: string; created_at: Date }[]> {
  const { rows } = await sql<{ id: string; created_at: Date }>`
    select r.id, r.created_at from replays r join endpoints p on p.number = r.endpoint
    where p.organization = ${organization} and (r.subject = ${customer}
      or exists (select 1 from replayed_events e where e.replay = r.id and e.subject = ${customer}))
    order by r.created_at, r.id`.execute(db)
  return rows
}

export type OwnAttempt = AttemptRow & { webhook: string }

export async function listAttemptsAfter(
  db: Db,
  { organization, customer }: { organization: number; customer: string },
  after: OwnAttempt | undefined,
  limit: number,
): Promise<OwnAttempt[]> {
  const last = after && sql`(${after.sequence}, ${after.webhook}, ${after.number}, ${after.id})`
  const { rows } = await sql<OwnAttempt>`
    select p.id as webhook, a.id, a.endpoint, a.subject, a.sequence, a.at, a.number, a.outcome,
      a.status, a.error, a.duration_ms, a.replay, a.blob
    from endpoints p join attempts a on a.endpoint = p.number
    where p.organization = ${organization} and a.subject = ${customer}
      ${last ? sql`and (a.sequence, p.id, a.number, a.id) > ${last}` : sql``}
    order by a.sequence, p.id, a.number, a.id limit ${limit}`.execute(db)
  return rows
}
