import { sql } from 'kysely'
import { check, wholeSince } from './check.ts'

/**
 * Per transaction, events are numbered from 1 without a gap, up to what the transaction counted. Of
 * one from before the days that are kept, the first events may be gone, and all of them.
 */
export const checkTransactionEvents = check(
  'the events of a transaction are numbered without a gap, up to its own count',
  sql`select id from transactions`,
  sql`
    with numbered as (
      select subject, sequence, row_number() over (partition by subject order by sequence) as place
      from events where type like 'tx-%'
    ), told as (
      select subject, min(sequence) as first, max(sequence) as last,
        max(sequence - place) = min(sequence - place) as is_whole
      from numbered group by subject
    ), kept as (
      select ${wholeSince('events')} as since
    )
    select coalesce(t.id, e.subject)::text as sample
    from transactions t full join told e on e.subject = t.id cross join kept
    where t.id is null or e.is_whole = false or t.event_sequence <> e.last
      or (t.created_at >= kept.since and (coalesce(e.first, 1) > 1
        or t.event_sequence <> coalesce(e.last, 0)))`,
)

/** Sum of the lines' commissions = amount = sum of the ledger's entries, which are numbered from 1. */
export const checkLedgers = check(
  'the commissions of a transaction add up to its amount, and so do the entries of its ledger',
  sql`select id from transactions`,
  sql`
    with ledgers as (
      select transaction, sum(amount) as amount, count(*) as entries, max(number) as last,
        min(running) as lowest
      from (select *, sum(amount) over (partition by transaction order by number) as running
        from ledger_entries) e
      group by transaction
    )
    select coalesce(t.id, l.transaction)::text as sample
    from transactions t full join ledgers l on l.transaction = t.id
    where t.id is null or l.transaction is null or t.amount <> l.amount
      or t.entries <> l.entries or t.entries <> l.last or l.lowest < 0
      or t.amount <> (select coalesce(sum(c), 0) from unnest(t.commissions) c)`,
)

/** An order's transaction is its own; all others of the order are declined, and all of a deleted one. */
export const checkOrderTransactions = check(
  "an order's transaction is its own, no other of the order is owed, and none of a deleted order",
  sql`select id from transactions`,
  sql`
    select t.id::text as sample
    from transactions t left join orders o on o.id = t.order_key
    where o.id is null or o.merchant <> t.merchant
      or (t.declined_at is null
        and (o.transaction is distinct from t.id or o.deleted_at is not null))
    union all
    select o.id::text from orders o left join transactions t on t.id = o.transaction
    where o.transaction is not null and t.order_key is distinct from o.id`,
)
