import type { Clock } from '../../kernel/clock.ts'
import type { Database, Tx } from '../../kernel/database/database.ts'
import { lockLists } from '../../kernel/database/list-order.ts'
import type { Logger } from '../../kernel/log.ts'
import { createLoop } from '../../kernel/loop.ts'
import type { Loop } from '../../kernel/loop.ts'
import { inTx, retry } from '../../kernel/database/transaction.ts'
import { listOrders } from '../../orders/order-store.ts'
import {
  enqueuePublications,
  publishTransactions,
  transactionLists,
} from './publish-transactions.ts'
import type { Publication } from './publish-transactions.ts'
import type { AnswerParts, Told } from './transaction-answer.ts'
import { transactionEvent } from './transaction-event.ts'
import type { TransactionEvent } from './transaction-event.ts'
import { findNextDue, listDue, markValidated } from './transaction-store.ts'

export interface ValidateParts extends AnswerParts {
  database: Database
  clock: Clock
  log: Logger
}

/** Tells of transactions the moment they are validated, and within a second where another wrote them. */
export function createValidation(parts: ValidateParts): Loop {
  const { database, clock, log } = parts
  return createLoop({
    turn: () => validateDue(parts),
    async untilDue() {
      const next = await findNextDue(database.db)
      return next && next.getTime() - clock.now().getTime()
    },
    failure: 'Validated transactions could not be told of; they are again in a second',
    log,
  })
}

// One tx stays a matter of milliseconds, for the tx that waits for one of its rows.
const BATCH = 500

/**
 * Tells of all transactions that were validated by time alone: their orders' finalization came.
 * Answers how many. Whatever the turn, and by however many processes, each is told of once; one that
 * nobody came to tell of is told of by the next turn.
 */
export async function validateDue(parts: ValidateParts): Promise<number> {
  const { database, clock } = parts
  for (let count = 0; ;) {
    const now = clock.now()
    const due = await retry(() => listDue(database.db, now, BATCH))
    if (due.length === 0) return count
    count += await inTx(database.db, (tx) => validate(parts, tx, due, now))
  }
}

async function validate(parts: ValidateParts, tx: Tx, due: string[], now: Date): Promise<number> {
  const transactions = await markValidated(tx, due, now)
  const keys = new Set(transactions.map(({ order_key }) => order_key))
  const orders = new Map((await listOrders(tx, [...keys])).map((order) => [order.id, order]))
  const publications = transactions.map((transaction): Publication => {
    const order = orders.get(transaction.order_key)
    if (!order) throw new Error('a transaction is left without its order')
    const event = tellValidated(parts, { transaction, order, status: 'validated' }, now)
    return { transaction, isNew: false, event }
  })
  await enqueuePublications(tx, publications)
  await lockLists(tx, transactionLists(publications))
  await publishTransactions(parts, tx, publications)
  return transactions.length
}

/** One row that was damaged must not keep everybody else from being told. `verify` misses its event. */
function tellValidated(parts: ValidateParts, told: Told, now: Date): TransactionEvent | null {
  try {
    return transactionEvent(parts, told, now)
  } catch (error) {
    const transaction = told.transaction.id
    parts.log.error(
      { err: error, transaction },
      'A validated transaction cannot be read or told of',
    )
    return null
  }
}
