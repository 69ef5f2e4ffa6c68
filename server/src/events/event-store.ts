import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import type { NewEvent } from './event.ts'

/** Whether the event `e` is a ping or a test: it goes to one endpoint, whatever that subscribes to. */
export const isAskedFor = sql<boolean>`(e.type = 'ping' or e.type like 'test-%')`

export async function insertEvents(tx: Tx, events: NewEvent[]): Promise<void> {
  await sql`
    insert into events
      (subject, sequence, at, id, organization, type, merchant, previous, current, cause, period,
        blob, tx)
    select *, pg_current_xact_id() from unnest(
      ${events.map((event) => event.subject)}::uuid[],
      ${events.map((event) => event.sequence)}::integer[],
      ${events.map((event) => event.at.toISOString())}::timestamptz[],
      ${events.map((event) => event.id)}::text[],
      ${events.map((event) => event.organization)}::integer[],
      ${events.map((event) => event.type)}::text[],
      ${events.map((event) => event.merchant)}::integer[],
      ${events.map((event) => event.previous)}::text[],
      ${events.map((event) => event.current)}::text[],
      ${events.map((event) => event.cause)}::text[],
      ${events.map((event) => event.period)}::integer[],
      ${events.map((event) => event.blob)}::bytea[])`.execute(tx)
}

export async function isLogged(
  db: Db,
  { subject, sequence, at }: Pick<NewEvent, 'subject' | 'sequence' | 'at'>,
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from events
    where subject = ${subject} and sequence = ${sequence} and at = ${at}`.execute(db)
  return rows.length > 0
}

/** The organization's event with this id, in whichever partition it is. */
export async function findEvent(
  db: Db,
  organization: number,
  id: string,
): Promise<NewEvent | undefined> {
  const { rows } = await sql<NewEvent>`
    select * from events where id = ${id} and organization = ${organization}`.execute(db)
  return rows[0]
}

/** A page of a subject's log, the newest first; `before`: only events with a smaller number. */
export async function listSubjectEvents(
  db: Db,
  subject: string,
  { before, limit }: { before: number | undefined; limit: number },
): Promise<NewEvent[]> {
  const { rows } = await sql<NewEvent>`
    select * from events
    where subject = ${subject} and sequence < ${before ?? MAX_SEQUENCE}
    order by sequence desc limit ${limit}`.execute(db)
  return rows
}

// PostgreSQL's largest integer: a log that has come so far has events of which none is left.
const MAX_SEQUENCE = 2_147_483_647
