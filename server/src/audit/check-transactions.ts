import { sql } from 'kysely'
import { check } from './check.ts'

/** Per transaction, events are numbered from 1 without a gap, up to what the transaction counted. */
export const checkTransactionEvents = check(
  'the events of a transaction are numbered without a gap, up to its own count',
  sql`select id from transactions`,
  sql`
    with numbered as (
      select subject, sequence, row_number() over (partition by subject order by sequence) as place
      from events where type like 'tx-%'
    ), told as (
      select subject, max(sequence) as last, bool_and(sequence = place) as is_whole
      from numbered group by subject
    )
    select coalesce(t.id, e.subject)::text as sample
    from transactions t full join told e on e.subject = t.id
    where t.id is null or e.is_whole = false or t.event_sequence <> coalesce(e.last, 0)`,
)
