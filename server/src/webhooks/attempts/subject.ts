import type { EventType } from '../../events/event.ts'
import type { Db } from '../../kernel/database/database.ts'

/** Looks up the receivers' own ids of what events are about, by the subjects' keys. */
export interface Subjects {
  /** The organizations' own ids of customers; one that was erased is absent. */
  listCustomerIds(db: Db, keys: string[]): Promise<Map<string, string>>
  /**
   * The publishers' own ids of the customers that transactions come from; null where the link named
   * nobody, and once the customer is erased. A transaction that cannot be read is absent.
   */
  listTransactionCustomerIds(db: Db, keys: string[]): Promise<Map<string, string | null>>
}

const KINDS: Partial<Record<EventType, 'customer' | 'transaction'>> = {
  'segment-change': 'customer',
  'tx-pending': 'transaction',
  'tx-validated': 'transaction',
  'tx-declined': 'transaction',
}

/** What events of a type are about; undefined for neither a customer nor a transaction. */
export function kindOf(type: EventType): 'customer' | 'transaction' | undefined {
  return KINDS[type]
}

/** Whether events of a type have a payload: their subject as it was when they happened. */
export function hasPayload(type: EventType): boolean {
  return kindOf(type) === 'transaction' || type === 'endpoint-paused'
}
