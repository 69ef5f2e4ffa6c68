import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'
import { keyOfId } from '../../kernel/key.ts'
import type { Endpoint, Pause, PausedReason } from './endpoint.ts'
import type { Cause, SubscribableType } from '../../events/event.ts'

/** A row of an endpoint, with its subscriptions. */
export interface StoredEndpoint {
  id: string
  number: number
  organization: number
  /** The key under which events about the endpoint itself are logged. */
  subject: string
  blob: Uint8Array
  batch_size: number
  paused_at: Date | null
  paused_reason: PausedReason | null
  /** The id of the API key that paused it by hand. */
  paused_by: string | null
  paused_failing: number | null
  paused_attempted: number | null
  paused_status: number | null
  paused_error: string | null
  /** How often it paused itself: the sequence of the events about it. */
  pauses: number
  /** When the mail that it paused itself is due. */
  alert_due_at: Date | null
  resumed_at: Date | null
  created_at: Date
  modified_at: Date
  event_types: SubscribableType[]
  merchants: number[] | null
  causes: Cause[] | null
  /** The name of the key `paused_by`, the id of a person. */
  paused_by_name: string | null
}

// The filters of an endpoint are those of its widest subscription, and the same for all types.
const columns = sql`p.*, array(
    select distinct s.event_type from subscriptions s where s.endpoint = p.number order by 1
  ) as event_types, wish.merchants, wish.causes,
  coalesce((select k.name from api_keys k where k.id = p.paused_by), p.paused_by) as paused_by_name`
const withWish = sql`endpoints p left join lateral (
    select s.merchants, s.causes from subscriptions s where s.endpoint = p.number
    order by s.merchants is not null, cardinality(s.merchants) desc,
      s.causes is not null, cardinality(s.causes) desc
    limit 1
  ) wish on true`

/** All endpoints of an organization, oldest first. MAX_ENDPOINTS bounds them. */
export async function listEndpoints(db: Db, organization: number): Promise<StoredEndpoint[]> {
  const { rows } = await sql<StoredEndpoint>`
    select ${columns} from ${withWish}
    where p.organization = ${organization} order by p.number`.execute(db)
  return rows
}

export async function findEndpoint(
  db: Db,
  organization: number,
  id: string,
): Promise<StoredEndpoint | undefined> {
  const { rows } = await sql<StoredEndpoint>`
    select ${columns} from ${withWish}
    where p.organization = ${organization} and p.id = ${id}`.execute(db)
  return rows[0]
}

/** Serializes the changes of an endpoint. */
export async function lockEndpoint(tx: Tx, organization: number, id: string): Promise<void> {
  await sql`
    select 1 from endpoints where organization = ${organization} and id = ${id}
    for no key update`.execute(tx)
}

/** Serializes the creation of endpoints in an organization, so that their limit holds. */
export async function lockForAdding(tx: Tx, organization: number): Promise<void> {
  await sql`
    select 1 from organizations where number = ${organization} for no key update`.execute(tx)
}

export async function countEndpoints(db: Db, organization: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from endpoints where organization = ${organization}`.execute(
    db,
  )
  return rows[0]?.count ?? 0
}

export async function insertEndpoint(
  tx: Tx,
  endpoint: { id: string; organization: number; blob: Uint8Array; batchSize: number; now: Date },
): Promise<number> {
  const { id, organization, blob, batchSize, now } = endpoint
  const { rows } = await sql<{ number: number }>`
    insert into endpoints (id, organization, subject, blob, batch_size, created_at, modified_at)
    values (${id}, ${organization}, ${keyOfId(organization, id)}, ${blob}, ${batchSize}, ${now},
      ${now})
    returning number`.execute(tx)
  const row = rows[0]
  if (!row) throw new Error('an inserted endpoint was not returned')
  return row.number
}

export async function updateEndpoint(
  tx: Tx,
  {
    number,
    blob,
    batchSize,
    now,
  }: Pick<Endpoint, 'number' | 'batchSize'> & {
    blob: Uint8Array
    now: Date
  },
): Promise<void> {
  await sql`
    update endpoints set blob = ${blob}, batch_size = ${batchSize}, modified_at = ${now}
    where number = ${number}`.execute(tx)
}

/** Stores that somebody paused an endpoint: with an API key, or as a person. */
export async function pauseByHand(
  tx: Tx,
  { number, by, now }: { number: number; by: string; now: Date },
): Promise<void> {
  await sql`
    update endpoints
    set paused_at = ${now}, paused_reason = 'by-hand', paused_by = ${by}, modified_at = ${now}
    where number = ${number} and paused_at is null`.execute(tx)
}

/** Why an endpoint pauses itself. */
export interface SelfPause extends Omit<Pause, 'by' | 'at'> {
  endpoint: number
  reason: 'failures' | 'gone'
}

export type SelfPaused = Pick<
  StoredEndpoint,
  'number' | 'id' | 'organization' | 'subject' | 'pauses' | 'blob'
>

/** Pauses the endpoints that are not paused yet, counts the pause, makes the mail due, and returns them. */
export async function pauseThemselves(
  tx: Tx,
  pauses: SelfPause[],
  now: Date,
): Promise<SelfPaused[]> {
  const { rows } = await sql<SelfPaused>`
    update endpoints p set paused_at = ${now}, paused_reason = v.reason, modified_at = ${now},
      paused_failing = v.failing, paused_attempted = v.attempted,
      paused_status = v.status, paused_error = v.error,
      pauses = p.pauses + 1, alert_due_at = ${now}
    from unnest(
        ${pauses.map((pause) => pause.endpoint)}::integer[],
        ${pauses.map((pause) => pause.reason)}::text[],
        ${pauses.map((pause) => pause.failing)}::integer[],
        ${pauses.map((pause) => pause.attempted)}::integer[],
        ${pauses.map((pause) => pause.status)}::integer[],
        ${pauses.map((pause) => pause.error)}::text[]
      ) as v (endpoint, reason, failing, attempted, status, error)
    where p.number = v.endpoint and p.paused_at is null
    returning p.number, p.id, p.organization, p.subject, p.pauses, p.blob`.execute(tx)
  return rows
}

export async function resumeEndpoint(tx: Tx, number: number, now: Date): Promise<void> {
  await sql`
    update endpoints
    set paused_at = null, paused_reason = null, paused_by = null, paused_failing = null,
      paused_attempted = null, paused_status = null, paused_error = null, alert_due_at = null,
      resumed_at = ${now}, modified_at = ${now}
    where number = ${number} and paused_at is not null`.execute(tx)
}

/** Deletes an endpoint with its subscriptions. */
export async function deleteEndpoint(tx: Tx, number: number): Promise<void> {
  await sql`delete from endpoints where number = ${number}`.execute(tx)
}

/** What a worker needs of the endpoints that it sends to. */
export type EndpointTarget = Pick<
  StoredEndpoint,
  'number' | 'id' | 'blob' | 'batch_size' | 'paused_at'
>

export async function listTargets(db: Db, numbers: number[]): Promise<EndpointTarget[]> {
  const { rows } = await sql<EndpointTarget>`
    select number, id, blob, batch_size, paused_at from endpoints
    where number = any(${numbers}::integer[])`.execute(db)
  return rows
}
