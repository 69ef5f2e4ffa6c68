import { sql } from 'kysely'
import type { Tx } from '../kernel/database/database.ts'

/** The order that a quote is kept for. */
export interface QuoteUseRow {
  /** The quote's id, a uuid. */
  id: string
  order_key: string
}

/**
 * Writes the uses of quotes that had none, and answers whose each of them is then. Locks the rows in
 * order of id, also those that stay as they were: of two at once the second sees the first's.
 */
export async function writeQuoteUses(
  tx: Tx,
  uses: QuoteUseRow[],
  at: Date,
): Promise<QuoteUseRow[]> {
  if (uses.length === 0) return []
  const { rows } = await sql<QuoteUseRow>`
    insert into quote_uses (id, order_key, at)
    select id, order_key, ${at.toISOString()}::timestamptz
    from unnest(
      ${uses.map((use) => use.id)}::uuid[], ${uses.map((use) => use.order_key)}::uuid[]
    ) as u (id, order_key)
    order by id
    on conflict (id) do update set order_key = quote_uses.order_key
    returning id, order_key`.execute(tx)
  return rows
}
