import { sql } from 'kysely'
import { covers } from '../events/subscription-store.ts'
import { check, wholeSince } from './check.ts'

const owed = sql`
  from events e
    join endpoints p on p.organization = e.organization and p.subject <> e.subject
    join (
      select id from customers where erased_at is null union all select id from transactions
      union all select subject from endpoints
    ) t on t.id = e.subject
  where exists (
    select 1 from subscriptions s
    where s.endpoint = p.number and s.since < e.at and ${covers})`

/**
 * Every event a lane should carry is acknowledged, refused, expired or ahead of its cursor. What was
 * sent is told by its last attempt; a customer that was erased is not told of any more, while a
 * transaction stays; an endpoint is not told of its own pauses, and of a deleted one's nothing is checked. Of
 * an event that is older than all attempts, nobody knows any more.
 */
export const checkLanes = check(
  'every event is acknowledged, refused or expired at each endpoint that wants it, or still to come',
  sql`select 1 ${owed}`,
  sql`
    select e.id as sample ${owed}
      and e.at >= ${wholeSince('attempts')}
      and not exists (
        select 1 from lanes l
        where l.endpoint = p.number and l.subject = e.subject and l.acked < e.sequence
          and l.tail >= e.sequence)
      and not exists (
        select 1 from attempts a
        where a.endpoint = p.number and a.subject = e.subject and a.sequence = e.sequence
          and a.outcome in ('acknowledged', 'refused', 'expired'))`,
)
