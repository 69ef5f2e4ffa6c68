import { sql } from 'kysely'
import { check } from './check.ts'

/** An order judged active names an order of the same merchant that was accepted no later, or an import. */
export const checkEvidence = check(
  'a verdict of active names an earlier order or import of that merchant, and a verdict of new names none',
  sql`select id from orders`,
  sql`
    select o.id::text as sample from orders o
      left join orders e on e.id = (o.evidence ->> 'order')::uuid
    where (o.verdict = 'new') <> (o.evidence is null)
      or (o.evidence ->> 'source' = 'import' and not exists (
        select 1 from imports i where i.organization = o.merchant
          and i.started_at <= o.created_at
          and 'import-' || right(replace(i.key::text, '-', ''), 16) = o.evidence ->> 'import'))
      or (o.evidence ->> 'source' = 'order' and (e.id is null or e.id = o.id
        or e.merchant <> o.merchant or e.is_test or e.created_at > o.created_at))`,
)

/**
 * Of an order that was judged by its click, what counted was known before the click, or came through the same
 * publisher; what did not count came after it, and whatever was new had nothing that was known before.
 */
export const checkEvidenceTimes = check(
  'evidence that counts for an order was known before its click, or came through the same publisher',
  sql`select id from orders where clicked_at is not null and evidence_policy = 'before_click'`,
  sql`
    select o.id::text as sample from orders o
      left join orders e on e.id = (o.evidence ->> 'order')::uuid
    where o.clicked_at is not null and o.evidence_policy = 'before_click' and (
      (o.evidence ->> 'timing' = 'before-click'
        and (o.evidence ->> 'since')::timestamptz > o.clicked_at)
      or (o.evidence ->> 'timing' = 'same-publisher'
        and (e.transaction is null or o.transaction is null or e.merchant <> o.merchant))
      or o.evidence ->> 'timing' = 'any-time'
      or (o.later_evidence ->> 'since')::timestamptz <= o.clicked_at
      or (o.verdict = 'new' and o.known_since <= o.clicked_at))`,
)

/**
 * While an order counts, no other of its customer's that counts was judged new after it, unless all that was
 * known of the customer became known after the click. A change can give an order to another customer and
 * leaves the verdict, so changed ones are left out.
 */
export const checkNewOnce = check(
  "of a customer's orders that count, only the first was judged new, and those clicked for before it",
  sql`select id from orders where customer is not null and not is_test and version = 0`,
  sql`
    select o.id::text as sample
    from (
      select id, verdict, later_evidence,
        row_number() over (
          partition by customer order by created_at, verdict = 'active', later_evidence is not null
        ) as place
      from orders
      where customer is not null and not is_test and deleted_at is null and version = 0
    ) o
    where o.verdict = 'new' and o.place > 1 and o.later_evidence is null`,
)
