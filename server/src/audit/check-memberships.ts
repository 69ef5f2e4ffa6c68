import { sql } from 'kysely'
import { SHARED_LIMIT } from '../customers/identity.ts'
import { check } from './check.ts'

/** The organization's number that a key begins with. */
const ownerOf = (key: string) => sql`('x' || left(${sql.raw(key)}::text, 8))::bit(32)::integer`

/**
 * Membership (c, active at m) is open ⇔ some identity of c has a buyer of m; or c is m's own
 * customer and has purchased. Identities that are over-shared in either organization don't count.
 */
export const checkMemberships = check(
  'a customer has an open membership exactly where an identity of it has a buyer',
  sql`select id from memberships where left_at is null`,
  sql`
    with shared as (
      select i.id as identity, ${ownerOf('h')} as organization
      from identities i, unnest(i.holders) as h
      where cardinality(i.holders) > ${SHARED_LIMIT}
      group by 1, 2 having count(*) > ${SHARED_LIMIT}
    ), derived as (
      select h as customer, ${ownerOf('b')} as merchant
      from identities i, unnest(i.buyers) as b, unnest(i.holders) as h
        join organizations o on o.number = ${ownerOf('h')}
      where (o.role = 'publisher' or ${ownerOf('h')} = ${ownerOf('b')})
        and not exists (select 1 from shared s where s.identity = i.id
          and s.organization in (${ownerOf('h')}, ${ownerOf('b')}))
      union
      select id, ${ownerOf('id')} from customers where purchased_at is not null
    )
    select coalesce(d.customer, m.customer)::text as sample
    from derived d full join (select * from memberships where left_at is null) m
      on m.customer = d.customer and m.merchant = d.merchant
    where d.customer is null or m.customer is null`,
)

/**
 * Per customer, events form a chain: no gap, and each begins where the last of that merchant ended.
 * A chain begins anew with each stretch in which the organization could see the merchant's segments;
 * what happened in between was told to nobody.
 */
export const checkChains = check(
  'the events of a customer are numbered without a gap, and each begins where the last one ended',
  sql`select id from events where type like 'segment-change%'`,
  sql`
    with told as (
      select e.*,
        lag(sequence) over whole as sequence_before,
        lag(current) over stretch as current_before,
        row_number() over (partition by subject order by sequence desc) as from_last
      from events e where type like 'segment-change%'
      window whole as (partition by subject order by sequence),
        stretch as (partition by subject, merchant, period order by sequence)
    )
    select t.subject::text as sample
    from told t left join customers c on c.id = t.subject
    where t.previous = t.current or t.sequence <> t.sequence_before + 1
      or t.current_before <> t.previous
      or (t.from_last = 1 and t.sequence is distinct from c.event_sequence)`,
)
