import type { Routes } from '../../http/api.ts'
import { onlyPublisher } from '../../http/caller.ts'
import { Many, One, all, many, one } from '../../http/envelope.ts'
import { ListQuery } from '../../http/schema.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, Db } from '../../kernel/database/database.ts'
import { parseInstantField } from '../../kernel/date-field.ts'
import { notFound } from '../../kernel/problem.ts'
import { retry } from '../../kernel/database/transaction.ts'
import type { Directory } from '../../organizations/directory.ts'
import type { Organization } from '../../organizations/organization.ts'
import { listAccounts } from './account-store.ts'
import { accountId } from './account.ts'
import { answerEntry, pageLedger } from './list-ledger.ts'
import { findTransaction, pageTransactions, withOrders } from './list-transactions.ts'
import type { PageOptions, TransactionFilters } from './list-transactions.ts'
import { publisherVerdict } from './publisher-verdict.ts'
import { answerTransaction } from './transaction-answer.ts'
import type { AnswerParts, Told } from './transaction-answer.ts'
import * as schema from './transaction-schema.ts'
import type { Transaction } from './transaction.ts'

export interface TransactionRouteParts extends AnswerParts {
  database: Database
  clock: Clock
  directory: Directory
}

const tags = ['transactions']

/** What publishers are owed. */
export function transactionRoutes(parts: TransactionRouteParts): Routes {
  return (api) => {
    accountRoutes(parts)(api)
    listRoute(parts)(api)
    transactionRoute(parts)(api)
    ledgerRoute(parts)(api)
    verdictRoute(parts)(api)
  }
}

function accountRoutes(parts: TransactionRouteParts): Routes {
  const { vault } = parts
  const { db } = parts.database
  return (api) => {
    api.get(
      '/affiliation/accounts',
      {
        config: { only: 'publisher' },
        schema: {
          operationId: 'listAccounts',
          tags,
          summary: 'Your accounts: one a currency in which you were ever owed something',
          description: 'The whole list at once.',
          response: { 200: Many(schema.AccountAnswer) },
        },
      },
      async (request) => {
        const publisher = onlyPublisher(request)
        const accounts = await retry(() => listAccounts(db, publisher.number))
        const objects = accounts.map(({ currency }) => ({
          id: accountId(vault, publisher, currency),
          name: `Cashback ${currency}`,
          currency,
          organization: publisher.id,
        }))
        return all(request, objects)
      },
    )
    api.get(
      '/affiliation/accounts/:account/transactions',
      {
        config: { only: 'publisher' },
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
        const publisher = onlyPublisher(request)
        const { account } = request.params
        const accounts = await retry(() => listAccounts(db, publisher.number))
        const own = accounts.find(
          ({ currency }) => accountId(vault, publisher, currency) === account,
        )
        if (!own) throw notFound(account)
        const filters = { ...parseFilters(publisher, request.query), currency: own.currency }
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
        config: { only: 'publisher' },
        schema: {
          operationId: 'listTransactions',
          tags,
          summary: 'Your transactions, in whatever currency',
          description:
            'The newest first; by `modified_date` the oldest change first. Where a country is rare ' +
            'a page may be shorter than asked for, although another follows. To follow changes, list ' +
            'by `modified_date` and go on from the last `meta.next` that was not null, or with the last ' +
            '`modified_date` as `start`: nothing is missed, however late it was committed. What has ' +
            'that date itself comes again.',
          querystring: schema.TransactionListQuery,
          response: { 200: Many(schema.TransactionAnswer) },
        },
      },
      async (request) => {
        const filters = parseFilters(onlyPublisher(request), request.query)
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
        config: { only: 'publisher' },
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
        const publisher = onlyPublisher(request)
        const answer = await retry(async () =>
          answerTransaction(parts, await readTold(parts, publisher, request.params.id)),
        )
        return one(answer)
      },
    )
  }
}

function ledgerRoute({ database: { db } }: TransactionRouteParts): Routes {
  return (api) => {
    api.get(
      '/affiliation/transactions/:id/ledger',
      {
        config: { only: 'publisher' },
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
        const publisher = onlyPublisher(request)
        const page = await retry(async () => {
          const transaction = await getTransaction(db, publisher, request.params.id)
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
        config: { only: 'publisher' },
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
        const publisher = onlyPublisher(request)
        const { order, transaction } = await retry(() =>
          readTold(parts, publisher, request.params.id),
        )
        return one(publisherVerdict(order, transaction))
      },
    )
  }
}

interface Query {
  cursor?: string
  page_size?: number
  start?: string
  end?: string
  time_field?: TransactionFilters['timeField']
  country?: string
}

function parseFilters(publisher: Organization, query: Query): TransactionFilters {
  return {
    publisher,
    country: query.country?.toUpperCase(),
    timeField: query.time_field ?? 'created_date',
    start: parseInstantField(query.start, 'start') ?? undefined,
    end: parseInstantField(query.end, 'end') ?? undefined,
  }
}

function parseOptions(query: Query): PageOptions {
  return { cursor: query.cursor, pageSize: query.page_size }
}

function readPage(parts: TransactionRouteParts, filters: TransactionFilters, page: PageOptions) {
  const { db } = parts.database
  return retry(async () => {
    const found = await pageTransactions(db, filters, page)
    const told = await withOrders(db, found.objects, parts.clock.now())
    return { ...found, objects: told.map((each) => answerTransaction(parts, each)) }
  })
}

/** A 404 for an absent one or another publisher's. */
async function getTransaction(db: Db, publisher: Organization, id: string): Promise<Transaction> {
  const transaction = await findTransaction(db, publisher, id)
  if (!transaction) throw notFound(id)
  return transaction
}

async function readTold(
  { database: { db }, clock }: TransactionRouteParts,
  publisher: Organization,
  id: string,
): Promise<Told> {
  const transaction = await getTransaction(db, publisher, id)
  const [told] = await withOrders(db, [transaction], clock.now())
  if (!told) throw notFound(id)
  return told
}
