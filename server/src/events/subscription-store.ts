import { sql } from 'kysely'
import type { Tx } from '../kernel/database/database.ts'
import type { Subscription } from './subscription.ts'

export interface SubscriptionRow {
  endpoint: number
  event_type: Subscription['eventType']
  /** Events from before are not sent. */
  since: Date
  /** The numbers of the wanted merchants; null: all. Events without a merchant pass. */
  merchants: number[] | null
  /** The wanted causes; null: all. Events without a cause pass. */
  causes: Subscription['causes']
}

/** Whether the subscription `s` covers the event `e`, whenever that happened. */
export const covers = sql`(s.event_type = e.type
  and (s.merchants is null or e.merchant is null or e.merchant = any(s.merchants))
  and (s.causes is null or e.cause is null or e.cause = any(s.causes)))`

/** Whether the endpoint `p` is to get the event `e`: it was subscribed to it when it happened. */
export const isOwed = sql`exists (
  select 1 from subscriptions s
  where s.endpoint = p.number and s.since <= e.at and ${covers})`

export async function listSubscriptions(tx: Tx, endpoint: number): Promise<Subscription[]> {
  const { rows } = await sql<SubscriptionRow>`
    select * from subscriptions where endpoint = ${endpoint} order by event_type, since`.execute(tx)
  return rows.map(({ event_type: eventType, merchants, causes, since }) => {
    return { eventType, merchants, causes, since }
  })
}

export async function deleteSubscriptions(tx: Tx, endpoint: number): Promise<void> {
  await sql`delete from subscriptions where endpoint = ${endpoint}`.execute(tx)
}

export async function insertSubscriptions(
  tx: Tx,
  endpoint: number,
  subscriptions: Subscription[],
): Promise<void> {
  const rows = subscriptions.map(({ eventType, merchants, causes, since }) => {
    return { event_type: eventType, merchants, causes, since: since.toISOString() }
  })
  await sql`
    insert into subscriptions (endpoint, event_type, since, merchants, causes)
    select ${endpoint}, event_type, since, merchants, causes
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as s (event_type text, since timestamptz, merchants integer[], causes text[])`.execute(tx)
}
