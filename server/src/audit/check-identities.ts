import { sql } from 'kysely'
import { check } from './check.ts'

/** Customer c carries identity i ⇔ c ∈ i.holders. */
export const checkHolders = check(
  'a customer carries an identity exactly if it is among its holders',
  sql`select c.id, i from customers c, unnest(c.identities) as i`,
  sql`
    select coalesce(c.customer, h.customer)::text as sample
    from (select id as customer, unnest(identities) as identity from customers) c
      full join (select unnest(holders) as customer, id as identity from identities) h
        on h.customer = c.customer and h.identity = c.identity
    where c.customer is null or h.customer is null`,
)

/** c has purchased and carries i ⇔ c ∈ i.buyers. */
export const checkBuyers = check(
  'a customer that has purchased is a buyer on every identity it carries, and nobody else is',
  sql`select c.id, i from customers c, unnest(c.identities) as i where c.purchased_at is not null`,
  sql`
    select coalesce(c.customer, b.customer)::text as sample
    from (select id as customer, unnest(identities) as identity from customers
        where purchased_at is not null) c
      full join (select unnest(buyers) as customer, id as identity from identities) b
        on b.customer = c.customer and b.identity = c.identity
    where c.customer is null or b.customer is null`,
)

/** A customer stands on a row once: a list with repeats would count a crowd that isn't there. */
export const checkRepeats = check(
  'no identity lists a customer twice',
  sql`select id from identities`,
  sql`
    select i.id::text as sample from identities i
    where cardinality(holders) <> (select count(distinct h) from unnest(i.holders) h)
      or cardinality(buyers) <> (select count(distinct b) from unnest(i.buyers) b)`,
)

/**
 * c has purchased ⇔ one of its orders counts or an import says so, and the evidence is what was known
 * first. What an import says is encrypted; which imports say anything is not.
 */
export const checkPurchases = check(
  "a merchant's customer has purchased exactly if an order of its counts or an import of purchasers says so",
  sql`select id from customers where purchased_at is not null`,
  sql`
    with bought as (
      select distinct on (customer) customer, coalesce(counted_at, created_at) as known_at
      from orders
      where customer is not null and deleted_at is null and not is_test
      order by customer, coalesce(counted_at, created_at), created_at, id
    ), imported as (
      select c.id as customer, array_agg(i.key) as imports
      from customers c, unnest(c.imports) as given (key) join imports i on i.key = given.key
      where i.kind = 'purchasers'
      group by c.id
    ), purchased as (
      select id, purchase_order, purchase_import, purchased_at from customers
      where purchased_at is not null
    )
    select coalesce(c.id, o.customer, i.customer)::text as sample
    from purchased c
      full join bought o on o.customer = c.id
      full join imported i on i.customer = coalesce(c.id, o.customer)
    where c.id is null or (o.customer is null and i.customer is null)
      or c.purchased_at > o.known_at
      or (c.purchase_import is not null and not c.purchase_import = any(i.imports))
      or (c.purchase_order is not null and (c.purchased_at is distinct from o.known_at
        or not exists (select 1 from orders e where e.id = c.purchase_order
          and e.customer = c.id and e.deleted_at is null and not e.is_test)))`,
)
