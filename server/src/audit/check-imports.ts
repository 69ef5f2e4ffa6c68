import { sql } from 'kysely'
import { check } from './check.ts'

/** created + updated + unchanged + rejected = rows, of the import and of its batch results, which have no gap. */
export const checkImportCounts = check(
  'the rows of an import are all created, updated, unchanged or rejected, as are those of its batches',
  sql`select key from imports`,
  sql`
    with written as (
      select import, count(*) as batches, min(number) as first, max(number) as last, sum(rows) as rows,
        sum(created) as created, sum(updated) as updated, sum(unchanged) as unchanged,
        sum(rejected) as rejected
      from import_batch_results group by import
    )
    select coalesce(i.key, w.import)::text as sample
    from imports i full join written w on w.import = i.key
    where i.key is null or i.written_batches <> coalesce(w.batches, 0)
      or (w.batches > 0 and (w.first <> 0 or w.last <> w.batches - 1))
      or (i.rows, i.created, i.updated, i.unchanged, i.rejected) is distinct from (
        coalesce(w.rows, 0), coalesce(w.created, 0), coalesce(w.updated, 0),
        coalesce(w.unchanged, 0), coalesce(w.rejected, 0))
      or (i.state = 'finished' and i.rows <> i.total_rows)`,
)

/** What an import gives can be taken back: its batch results name every customer that it gives something. */
export const checkGifts = check(
  'an import gives something only to customers of its organization that one of its batch results names',
  sql`select c.id from customers c, unnest(c.imports) as given (key)`,
  sql`
    select c.id::text as sample
    from customers c cross join lateral unnest(c.imports) as given (key)
      left join (
        select import, unnest(customers) as customer from import_batch_results
      ) named on named.import = given.key and named.customer = c.id
      left join imports i on i.key = given.key
    where named.customer is null or i.key is null or i.state = 'undone'
      or left(c.id::text, 8) <> left(given.key::text, 8)`,
)
