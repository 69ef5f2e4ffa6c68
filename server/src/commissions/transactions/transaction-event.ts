import { encryptPayload } from '../../events/event-payload.ts'
import type { NewEvent, TransactionEventType } from '../../events/event.ts'
import { newId } from '../../kernel/id.ts'
import { answerTransaction, decryptTold } from './transaction-answer.ts'
import type { AnswerParts, Told } from './transaction-answer.ts'

const TYPES = {
  pending: 'tx-pending',
  validated: 'tx-validated',
  declined: 'tx-declined',
} as const satisfies Record<Told['status'], TransactionEventType>

/** That a transaction is now what it is told as, under the number its row has counted up to. */
export function transactionEvent(
  parts: AnswerParts,
  told: Told,
  at: Date,
  content = decryptTold(parts.vault, told),
): NewEvent {
  const { transaction, status } = told
  const id = newId('hook')
  // Whose customer it was is added when it is sent, and is not there any more once they are erased.
  const payload = { ...answerTransaction(parts, told, content), publisher_customer_id: null }
  return {
    id,
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
    blob: encryptPayload(parts.vault, id, payload),
  }
}
