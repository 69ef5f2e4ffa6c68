import type { Routes } from '../../http/api.ts'
import { callerOf } from '../../http/caller.ts'
import { One, one } from '../../http/envelope.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database/database.ts'
import { retry } from '../../kernel/database/transaction.ts'
import { invalidField } from '../../kernel/problem.ts'
import { readSums } from './list-transactions.ts'
import { parseFilters } from './parse-filters.ts'
import type { FilterParts } from './parse-filters.ts'
import { MAX_SUMMED } from './transaction-list-store.ts'
import { TransactionSumsAnswer, TransactionSumsQuery } from './transaction-schema.ts'

export interface TransactionSumParts extends FilterParts {
  database: Database
  clock: Clock
}

const MOST = MAX_SUMMED.toLocaleString('en')

/** What a list of transactions adds up to. */
export function transactionSumRoute(parts: TransactionSumParts): Routes {
  return (api) => {
    api.get(
      '/affiliation/transactions/sums',
      {
        schema: {
          operationId: 'sumTransactions',
          tags: ['transactions'],
          summary: 'What your transactions add up to, by currency, status and segment',
          description:
            'With the filters of the list, and as they are now. Amounts of several currencies are never ' +
            `added. At most the newest ${MOST} transactions of the time are looked at.`,
          querystring: TransactionSumsQuery,
          response: { 200: One(TransactionSumsAnswer) },
        },
      },
      async (request) => {
        const filters = parseFilters(parts, callerOf(request), request.query)
        const { db } = parts.database
        const { sums, lookedFrom } = await retry(() => readSums(db, filters, parts.clock.now()))
        return one({
          sums: sums.map((sum) => ({ ...sum, amount: toSafe(sum.amount) })),
          looked_from_date: lookedFrom?.toISOString() ?? null,
        })
      },
    )
  }
}

function toSafe(amount: string): number {
  const sum = Number(amount)
  if (Number.isSafeInteger(sum)) return sum
  throw invalidField('start', 'The sums are beyond 2^53: choose a shorter time.')
}
