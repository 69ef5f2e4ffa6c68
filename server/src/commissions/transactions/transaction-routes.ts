import type { Routes } from '../../http/api.ts'
import { callerOf } from '../../http/caller.ts'
import { Many, One, all, many, one } from '../../http/envelope.ts'
import { ListQuery } from '../../http/schema.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database/database.ts'
import { invalidField, notFound } from '../../kernel/problem.ts'
import { retry } from '../../kernel/database/transaction.ts'
import type { Directory } from '../../organizations/directory.ts'
import type { Organization } from '../../organizations/organization.ts'
import { listOwned } from './account-answer.ts'
import { answerEntry, pageLedger } from './list-ledger.ts'
import { findTransaction, pageTransactions, withOrders } from './list-transactions.ts'
import type { PageOptions, TransactionFilters } from './list-transactions.ts'
import { bothOf, parseFilters } from './parse-filters.ts'
import { publisherVerdict } from './publisher-verdict.ts'
import { transactionSumRoute } from './transaction-sum-routes.ts'
import { answerOwed, answerTransaction } from './transaction-answer.ts'
import type { AnswerParts, Told } from './transaction-answer.ts'
import * as schema from './transaction-schema.ts'
import type { Transaction } from './transaction.ts'

export interface TransactionRouteParts extends AnswerParts {
  database: Database
  clock: Clock
  directory: Directory
}

const tags = ['transactions']

/** What publishers are owed, and what merchants owe. */
export function transactionRoutes(parts: TransactionRouteParts): Routes {
  return (api) => {
    accountRoutes(parts)(api)
    listRoute(parts)(api)
    transactionSumRoute(parts)(api)
    transactionRoute(parts)(api)
    ledgerRoute(parts)(api)
    verdictRoute(parts)(api)
  }
}

function accountRoutes(parts: TransactionRouteParts): Routes {
  return (api) => {
    api.get(
      '/affiliation/accounts',
      {
        schema: {
          operationId: 'listAccounts',
          tags,
          summary: 'Your accounts: one a currency in which you were ever owed something',
          description:
            'The whole list at once. For merchants: one for each publisher and currency in which they ever ' +
            'owed something. No transaction is in two of your accounts.',
          response: { 200: Many(schema.AccountAnswer) },
        },
      },
      async (request) => {
        const caller = callerOf(request)
        const owned = await retry(() => listOwned(parts, caller))
        const objects = owned.map(({ account }) => account)
        return all(request, objects)
      },
    )
    api.get(
      '/affiliation/accounts/:account/transactions',
      {
        schema: {
          operationId: 'listAccountTransactions',
          tags,
          summary: 'The transactions of one account',
          description: 'As all transactions are listed, of one currency.',
          params: schema.AccountPath,
          querystring: schema.TransactionListQuery,
          response: { 200: Many(schema.TransactionAnswer) },
        },
      },
      async (request) => {
        const caller = callerOf(request)
        const { account } = request.params
        const owned = await retry(() => listOwned(parts, caller))
        const own = owned.find((each) => each.account.id === account)
        if (!own) throw notFound(account)
        const asked = parseFilters(parts, caller, request.query)
        const { currency } = own.account
        if (asked.currency !== undefined && asked.currency !== currency) {
          throw invalidField(
            'currency',
            `currency must be ${currency}, the account's, or be left out`,
          )
        }
        const filters = {
          ...asked,
          publisher: bothOf(asked.publisher, own.publisher),
          currency,
        }
        return many(request, await readPage(parts, filters, parseOptions(request.query)))
      },
    )
  }
}

function listRoute(parts: TransactionRouteParts): Routes {
  return (api) => {
    api.get(
      '/affiliation/transactions',
      {
        schema: {
          operationId: 'listTransactions',
          tags,
          summary: 'Your transactions, in whatever currency',
          description:
            'The newest first; by `modified_date` the oldest change first. Where a country is rare ' +
            'a page may be shorter than asked for, although another follows. For merchants: what they owe. To ' +
            'follow changes, list by `modified_date` and go on from the last `meta.next` that was not null, or ' +
            'with the last `modified_date` as `start`: nothing is missed, however late it was committed. What has ' +
            'that date itself comes again.',
          querystring: schema.TransactionListQuery,
          response: { 200: Many(schema.TransactionAnswer) },
        },
      },
      async (request) => {
        const filters = parseFilters(parts, callerOf(request), request.query)
        return many(request, await readPage(parts, filters, parseOptions(request.query)))
      },
    )
  }
}

function transactionRoute(parts: TransactionRouteParts): Routes {
  return (api) => {
    api.get(
      '/affiliation/transactions/:id',
      {
        schema: {
          operationId: 'getTransaction',
          tags,
          summary: 'Read a transaction',
          description: 'As it is now: it is validated from the finalization date of its order on.',
          params: schema.TransactionPath,
          response: { 200: One(schema.TransactionAnswer) },
        },
      },
      async (request) => {
        const caller = callerOf(request)
        const answer = await retry(async () =>
          answerTo(parts, caller, await readTold(parts, caller, request.params.id)),
        )
        return one(answer)
      },
    )
  }
}

function ledgerRoute(parts: TransactionRouteParts): Routes {
  const { db } = parts.database
  return (api) => {
    api.get(
      '/affiliation/transactions/:id/ledger',
      {
        schema: {
          operationId: 'listLedger',
          tags,
          summary: 'Every change of a transaction’s amount, oldest first',
          description: 'They add up to the amount.',
          params: schema.TransactionPath,
          querystring: ListQuery,
          response: { 200: Many(schema.EntryAnswer) },
        },
      },
      async (request) => {
        const caller = callerOf(request)
        const page = await retry(async () => {
          const transaction = await getTransaction(parts, caller, request.params.id)
          return pageLedger(db, transaction, parseOptions(request.query))
        })
        const objects = page.objects.map(answerEntry)
        return many(request, { ...page, objects })
      },
    )
  }
}

function verdictRoute(parts: TransactionRouteParts): Routes {
  return (api) => {
    api.get(
      '/affiliation/transactions/:id/verdict',
      {
        schema: {
          operationId: 'getTransactionVerdict',
          tags,
          summary: 'Why a transaction is paid as it is',
          description:
            'No other order, no time finer than a day, and not which identifier matched. Null where the ' +
            'merchant told no segments when the order came.',
          params: schema.TransactionPath,
          response: { 200: One(schema.PublisherVerdictAnswer) },
        },
      },
      async (request) => {
        const caller = callerOf(request)
        const { order, transaction } = await retry(() => readTold(parts, caller, request.params.id))
        return one(publisherVerdict(order, transaction))
      },
    )
  }
}

function parseOptions(query: { cursor?: string; page_size?: number }): PageOptions {
  return { cursor: query.cursor, pageSize: query.page_size }
}

function readPage(parts: TransactionRouteParts, filters: TransactionFilters, page: PageOptions) {
  const { db } = parts.database
  return retry(async () => {
    const now = parts.clock.now()
    const found = await pageTransactions(db, filters, page, now)
    const told = await withOrders(db, found.objects, now)
    return { ...found, objects: told.map((each) => answerTo(parts, filters.owner, each)) }
  })
}

/** As the one of both sees it who asks. */
function answerTo(parts: AnswerParts, { role }: Organization, told: Told) {
  return role === 'publisher' ? answerTransaction(parts, told) : answerOwed(parts, told)
}

/** A 404 for an absent one or another's. */
async function getTransaction(
  { database: { db }, directory }: TransactionRouteParts,
  owner: Organization,
  id: string,
): Promise<Transaction> {
  const publishers = directory.current().publishers()
  const transaction = await findTransaction(db, owner, publishers, id)
  if (!transaction) throw notFound(id)
  return transaction
}

async function readTold(
  parts: TransactionRouteParts,
  owner: Organization,
  id: string,
): Promise<Told> {
  const transaction = await getTransaction(parts, owner, id)
  const [told] = await withOrders(parts.database.db, [transaction], parts.clock.now())
  if (!told) throw notFound(id)
  return told
}
