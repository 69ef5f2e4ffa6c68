import { sql } from 'kysely'
import type { Tx } from '../kernel/database.ts'
import type { SubscribableType } from './event.ts'

export interface SubscriptionRow {
  endpoint: number
  event_type: SubscribableType
  /** Events from before were not asked for, and are passed over. */
  since: Date
}

declare module '../kernel/database.ts' {
  interface Tables {
    subscriptions: SubscriptionRow
  }
}

/** Adds what is new; what was subscribed to already keeps its beginning. */
export async function addSubscriptions(
  tx: Tx,
  endpoint: number,
  types: SubscribableType[],
  now: Date,
): Promise<void> {
  await sql`
    insert into subscriptions (endpoint, event_type, since)
    select ${endpoint}, type, ${now} from unnest(${types}::text[]) as type order by type
    on conflict (endpoint, event_type) do nothing`.execute(tx)
}

export async function deleteOtherSubscriptions(
  tx: Tx,
  endpoint: number,
  types: SubscribableType[],
): Promise<void> {
  await sql`
    delete from subscriptions
    where endpoint = ${endpoint} and not event_type = any(${types}::text[])`.execute(tx)
}
