import { fetchPage } from './answer.ts'
import type { Page } from './answer.ts'
import { pathTo } from './path.ts'
import type { Send } from './send.ts'
import type { Transaction, TransactionQuery } from './transaction.ts'

/** What a publisher is owed in one currency, or a merchant owes one publisher in one. */
export interface Account {
  /** `acc-…`, the `account_id` of its transactions. */
  id: string
  name: string
  /** ISO 4217. */
  currency: string
  /** Your id. */
  organization: string
  /** For merchants: the publisher that the account owes. */
  publisher_organization?: string
}

export interface AccountCalls {
  /**
   * One account for each currency in which you were ever owed something, all at once; for merchants one for
   * each publisher and currency in which they ever owed something.
   */
  list(): Promise<Page<Account>>
  /** The transactions of one account, as `transactions.list`. Errors: 404 `NotFound`. */
  transactions(accountId: string, query?: TransactionQuery): Promise<Page<Transaction>>
}

const ACCOUNTS_PATH = '/v1/affiliation/accounts'

export function createAccountCalls(send: Send): AccountCalls {
  return {
    list: async () => fetchPage(send, ACCOUNTS_PATH),
    transactions: async (accountId, query) =>
      fetchPage(send, pathTo(ACCOUNTS_PATH, accountId, 'transactions'), { ...query }),
  }
}
