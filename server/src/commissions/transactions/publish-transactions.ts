import { enqueueUnwritten } from '../../events/append-events.ts'
import { insertEvents } from '../../events/event-store.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Tx } from '../../kernel/database/database.ts'
import type { FollowedList } from '../../kernel/database/list-order.ts'
import type { Vault } from '../../kernel/vault.ts'
import { datedEvent } from './transaction-event.ts'
import type { TransactionEvent } from './transaction-event.ts'
import { insertTransactions, moveInLists, nextListDates } from './transaction-store.ts'
import type { Transaction } from './transaction.ts'

/** A transaction that begins or has changed, which is to be seen in its publisher's list. */
export interface Publication {
  transaction: Transaction
  /** Its row is not there yet; else this tx has written it. */
  isNew: boolean
  /** Null where nobody can be told. */
  event: TransactionEvent | null
}

/** Enqueues the events of publications. Before the lists are locked: lanes may be another's for a while. */
export async function enqueuePublications(tx: Tx, publications: Publication[]): Promise<void> {
  await enqueueUnwritten(
    tx,
    publications.flatMap(({ event }) => event?.event ?? []),
  )
}

/** The lists to lock before `publishTransactions`. */
export function transactionLists(publications: Publication[]): FollowedList[] {
  return publications.flatMap(({ transaction: { publisher, merchant } }) =>
    [publisher, merchant].map((organization) => ({ list: 'transactions' as const, organization })),
  )
}

/**
 * Adds transactions to the ends of their publishers' and merchants' lists: dates them, inserts those that are new, and
 * inserts the events, which tell the same dates. The last that a tx does, under the locks of the lists.
 */
export async function publishTransactions(
  { vault, clock }: { vault: Vault; clock: Clock },
  tx: Tx,
  publications: Publication[],
): Promise<void> {
  if (publications.length === 0) return
  const transactions = publications.map(({ transaction }) => transaction)
  const dateOf = await nextListDates(tx, transactions, clock.now())
  const exactDateOf = (row: Transaction) => dateOf(row)?.exact
  const rowsOf = (isNew: boolean) =>
    publications.filter((each) => each.isNew === isNew).map(({ transaction }) => transaction)
  await insertTransactions(tx, rowsOf(true), exactDateOf)
  await moveInLists(tx, rowsOf(false), exactDateOf)
  const events = publications.flatMap(({ transaction, isNew, event }) => {
    const date = dateOf(transaction)
    return event && date ? [datedEvent(vault, event, { at: date.at, isNew })] : []
  })
  if (events.length > 0) await insertEvents(tx, events)
}
