import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'
import {
  bytesArray,
  dateArray,
  numberArray,
  uuidArray,
  wordArray,
} from '../../kernel/database/sql-array.ts'
import { CLOCK_SKEW_MS } from '../../events/event.ts'

export type AttemptOutcome = 'acknowledged' | 'refused' | 'failed' | 'expired'

/** An attempt: one HTTP request, for one of the events that it carried. */
export interface AttemptRow {
  /** `attempt-…`; the body's `request_id`. */
  id: string
  endpoint: number
  subject: string
  sequence: number
  at: Date
  /** Of the event at this endpoint, from 1. */
  number: number
  outcome: AttemptOutcome
  status: number | null
  error: string | null
  duration_ms: number
  /** The replay that it was made for. */
  replay: string | null
  /** Encrypted: how the receiver's answer begins; null where that is empty. */
  blob: Uint8Array | null
}

/** What the minute counters need of an attempt. */
export type CountedAttempt = Pick<
  AttemptRow,
  'id' | 'endpoint' | 'number' | 'outcome' | 'status' | 'error' | 'duration_ms'
>

/** Idempotent: returns those that were not stored yet. */
export async function insertAttempts(tx: Tx, attempts: AttemptRow[]): Promise<CountedAttempt[]> {
  const pick = <K extends keyof AttemptRow>(name: K) => attempts.map((row) => row[name])
  const { rows } = await sql<CountedAttempt>`
    insert into attempts
      (id, endpoint, subject, sequence, at, number, outcome, status, error, duration_ms, replay, blob)
    select * from unnest(
      ${wordArray(pick('id'))}::text[], ${numberArray(pick('endpoint'))}::integer[],
      ${uuidArray(pick('subject'))}::uuid[], ${numberArray(pick('sequence'))}::integer[],
      ${dateArray(pick('at'))}::timestamptz[], ${numberArray(pick('number'))}::integer[],
      ${wordArray(pick('outcome'))}::text[], ${numberArray(pick('status'))}::integer[],
      ${wordArray(pick('error'))}::text[], ${numberArray(pick('duration_ms'))}::integer[],
      ${wordArray(pick('replay'))}::text[], ${bytesArray(pick('blob'))}::bytea[])
    on conflict do nothing
    returning id, endpoint, number, outcome, status, error, duration_ms`.execute(tx)
  return rows
}

export interface EventKey {
  subject: string
  sequence: number
  at: Date
}

/** The attempts to deliver these events to an endpoint, oldest first. */
export async function listAttempts(
  db: Db,
  endpoint: number,
  events: EventKey[],
): Promise<AttemptRow[]> {
  if (events.length === 0) return []
  const oldest = Math.min(...events.map((event) => event.at.getTime()))
  const { rows } = await sql<AttemptRow>`
    select a.* from unnest(
        ${events.map((event) => event.subject)}::uuid[],
        ${events.map((event) => event.sequence)}::integer[]
      ) as e (subject, sequence)
      join attempts a
        on a.endpoint = ${endpoint} and a.subject = e.subject and a.sequence = e.sequence
    where a.at >= ${new Date(oldest - CLOCK_SKEW_MS)}
    order by a.at, a.number, a.id`.execute(db)
  return rows
}
