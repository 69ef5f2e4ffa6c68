import { sql } from 'kysely'
import { check } from './check.ts'

const owed = sql`
  from events e
    join endpoints p on p.organization = e.organization
    join subscriptions s on s.endpoint = p.number and s.event_type = e.type and s.since < e.at
    join (
      select id from customers where erased_at is null union all select id from transactions
    ) t on t.id = e.subject`

/**
 * Every event a lane should carry is acknowledged, refused, expired or ahead of its cursor. What was
 * sent is told by its last attempt; a customer that was erased is not told of any more, while a
 * transaction stays.
 */
export const checkLanes = check(
  'every event is acknowledged, refused or expired at each endpoint that wants it, or still to come',
  sql`select 1 ${owed}`,
  sql`
    select e.id as sample ${owed}
    left join lanes l on l.endpoint = p.number and l.subject = e.subject
    where l.subject is null or l.tail < e.sequence
      or (l.acked >= e.sequence and not exists (
        select 1 from attempts a
        where a.endpoint = l.endpoint and a.subject = l.subject and a.sequence = e.sequence
          and a.outcome in ('acknowledged', 'refused', 'expired')))`,
)
