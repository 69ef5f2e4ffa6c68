import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'

/** A publisher's account in a currency in which it was ever owed something. */
export interface AccountRow {
  publisher: number
  currency: string
  created_at: Date
}

/** Sorted, so that two that open the same ones wait for each other in one order. */
export async function openAccounts(
  tx: Tx,
  accounts: Pick<AccountRow, 'publisher' | 'currency'>[],
  at: Date,
): Promise<void> {
  await sql`
    insert into accounts (publisher, currency, created_at)
    select distinct publisher, currency, ${at}::timestamptz
    from unnest(${accounts.map(({ publisher }) => publisher)}::integer[],
      ${accounts.map(({ currency }) => currency)}::text[]) as a (publisher, currency)
    order by publisher, currency
    on conflict (publisher, currency) do nothing`.execute(tx)
}

// There are fewer currencies.
const MAX_ACCOUNTS = 500

/** A publisher's accounts by currency. */
export async function listAccounts(db: Db, publisher: number): Promise<AccountRow[]> {
  const { rows } = await sql<AccountRow>`
    select publisher, currency, created_at from accounts where publisher = ${publisher}
    order by currency limit ${MAX_ACCOUNTS}`.execute(db)
  return rows
}
