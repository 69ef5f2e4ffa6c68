import { sql } from 'kysely'
import { hashOf } from '../journal/journal-store.ts'
import { check } from './check.ts'

/**
 * Of each journal: entries are numbered without a gap from the last that was dropped, each hash is that of
 * its entry and of the hash before, and the last one is the journal's.
 */
export const checkJournals = check(
  'the entries of a journal are numbered without a gap, and their hashes are a chain from end to end',
  sql`select id from journal_entries`,
  sql`
    with chained as (
      select n.*, j.entries is null as is_astray,
        coalesce(lag(n.number) over chain, j.dropped) as number_before,
        coalesce(lag(n.hash) over chain, j.dropped_hash) as hash_before,
        max(n.number) over (partition by n.organization) as last
      from journal_entries n left join journals j using (organization)
      window chain as (partition by n.organization order by n.number)
    )
    select e.id as sample from chained e
    where e.is_astray or e.number <> e.number_before + 1
      or e.hash is distinct from ${hashOf(sql`e.hash_before`)}
    union all
    select 'journal ' || j.organization from journals j
      left join chained l on l.organization = j.organization and l.number = l.last
    where j.entries <> coalesce(l.number, j.dropped) or j.hash <> coalesce(l.hash, j.dropped_hash)`,
)
