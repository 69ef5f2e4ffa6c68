import { sql } from 'kysely'
import { WHOLE_PERCENT } from '../commissions/rates/rate.ts'
import { CURRENCY_DECIMALS } from '../orders/currency.ts'
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

/**
 * What is paid on is the order's total; percentages don't come to more than the highest that the card has
 * of it, beside what its fixed rates are. Transactions of before bases were kept say nothing of it.
 */
export const checkTotals = check(
  'nobody is paid on more than the total of an order, and nothing for one of 0',
  sql`select id from transactions where bases is not null and declined_at is null`,
  sql`
    select t.id::text as sample
    from transactions t join orders o on o.transaction = t.id
      left join rate_card_versions v on v.card = t.rate_card and v.version = t.rate_version
      cross join lateral (
        select coalesce(max((r ->> 'percent')::numeric), 0) as highest,
          coalesce(sum((r ->> 'fixed')::numeric) filter (where r ->> 'currency' = t.currency), 0)
            as fixed
        from jsonb_array_elements(coalesce(v.rates, '[]')) r
        where r ->> 'segment' is null or r ->> 'segment' = t.segment
      ) as rates
    where t.bases is not null and t.declined_at is null and (
      cardinality(t.bases) <> cardinality(t.commissions)
      or o.total <> (select sum(base) from unnest(t.bases) base)
      or t.amount > trunc(o.total * rates.highest / ${WHOLE_PERCENT}::numeric) + rates.fixed
      or (o.total = 0 and t.amount > 0))`,
)

/** By the table of this version: two versions with different tables on one database would show here. */
export const checkDecimals = check(
  "orders' amounts are in the smallest unit that ISO 4217 has for their currency",
  sql`select id from orders where decimals is not null`,
  sql`
    select o.id::text as sample
    from orders o
      join unnest(${[...CURRENCY_DECIMALS.keys()]}::text[], ${[...CURRENCY_DECIMALS.values()]}::int[])
        as c (currency, decimals) on c.currency = o.currency
    where o.decimals <> c.decimals`,
)
