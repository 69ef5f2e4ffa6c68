import type { Static } from 'typebox'
import { encryptPayload } from '../../events/event-payload.ts'
import type { NewEvent, TransactionEventType } from '../../events/event.ts'
import type { ListDate } from '../../kernel/database/list-order.ts'
import { newId } from '../../kernel/id.ts'
import type { Vault } from '../../kernel/vault.ts'
import { answerTransaction, decryptTold } from './transaction-answer.ts'
import type { AnswerParts, Told } from './transaction-answer.ts'
import type { TransactionAnswer } from './transaction-schema.ts'

const TYPES = {
  pending: 'tx-pending',
  validated: 'tx-validated',
  declined: 'tx-declined',
} as const satisfies Record<Told['status'], TransactionEventType>

/** An event of a transaction, but for the dates that the publisher's list will give it. */
export interface TransactionEvent {
  event: NewEvent
  payload: Static<typeof TransactionAnswer>
}

/** That a transaction is now what it is told as, under the number its row has counted up to. */
export function transactionEvent(
  parts: AnswerParts,
  told: Told,
  at: Date,
  content = decryptTold(parts.vault, told),
): TransactionEvent {
  const { transaction, status } = told
  const event: NewEvent = {
    id: newId('hook'),
    subject: transaction.id,
    sequence: transaction.event_sequence,
    at,
    organization: transaction.publisher,
    type: TYPES[status],
    merchant: transaction.merchant,
    previous: null,
    current: null,
    cause: null,
    period: null,
    blob: null,
  }
  // Whose customer it was is added when it is sent, and is not there any more once they are erased.
  const payload = { ...answerTransaction(parts, told, content), publisher_customer_id: null }
  return { event, payload }
}

/** The event with its payload, dated as the list dates the transaction. */
export function datedEvent(
  vault: Vault,
  { event, payload }: TransactionEvent,
  { at, isNew }: Pick<ListDate, 'at'> & { isNew: boolean },
): NewEvent {
  const date = at.toISOString()
  const dated = { ...payload, modified_date: date, ...(isNew && { created_date: date }) }
  return { ...event, blob: encryptPayload(vault, event.id, dated) }
}
