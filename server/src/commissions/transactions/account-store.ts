import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'

/** A publisher's account in a currency in which it was ever owed something. */
export interface AccountRow {
  publisher: number
  currency: string
  created_at: Date
}

/** What a merchant owes one publisher in one currency. */
export interface MerchantAccountRow extends AccountRow {
  merchant: number
}

type Owing = Pick<MerchantAccountRow, 'merchant' | 'publisher' | 'currency'>

/**
 * The accounts of both sides. Sorted, so that two that open the same ones wait for each other in one order.
 */
export async function openAccounts(tx: Tx, accounts: Owing[], at: Date): Promise<void> {
  await sql`
    insert into merchant_accounts (merchant, publisher, currency, created_at)
    select distinct merchant, publisher, currency, ${at}::timestamptz
    from unnest(${accounts.map(({ merchant }) => merchant)}::integer[],
      ${accounts.map(({ publisher }) => publisher)}::integer[],
      ${accounts.map(({ currency }) => currency)}::text[]) as a (merchant, publisher, currency)
    order by merchant, publisher, currency
    on conflict (merchant, publisher, currency) do nothing`.execute(tx)
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

// Some publishers, each in a few currencies; a merchant with more is served the first.
const MAX_MERCHANT_ACCOUNTS = 5_000

/** What the merchant owes, by publisher and currency. */
export async function listMerchantAccounts(
  db: Db,
  merchant: number,
): Promise<MerchantAccountRow[]> {
  const { rows } = await sql<MerchantAccountRow>`
    select merchant, publisher, currency, created_at from merchant_accounts
    where merchant = ${merchant}
    order by publisher, currency limit ${MAX_MERCHANT_ACCOUNTS}`.execute(db)
  return rows
}
