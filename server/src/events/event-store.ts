import { sql } from 'kysely'
import type { Tx } from '../kernel/database.ts'
import type { EventType, NewEvent } from './event.ts'

export interface EventRow {
  subject: string
  sequence: number
  at: Date
  id: string
  organization: number
  type: EventType
  merchant: number | null
  previous: string | null
  current: string | null
  cause: string | null
  period: number | null
}

declare module '../kernel/database.ts' {
  interface Tables {
    events: EventRow
  }
}

export async function insertEvents(tx: Tx, events: NewEvent[]): Promise<void> {
  await sql`
    insert into events
      (subject, sequence, at, id, organization, type, merchant, previous, current, cause, period)
    select * from unnest(
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
      ${events.map((event) => event.period)}::integer[])`.execute(tx)
}
