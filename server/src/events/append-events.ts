import type { Tx } from '../kernel/database/database.ts'
import { afterCommit } from '../kernel/database/transaction.ts'
import { insertEvents } from './event-store.ts'
import type { NewEvent } from './event.ts'
import { enqueueEvents } from './lane-store.ts'

/**
 * Transactional outbox: appends events to their subjects' logs and enqueues them at every endpoint that
 * is subscribed to them, paused or not. Runs in the tx of the change that the events tell of, under the locks
 * of their subjects: so readers always see a prefix of a subject's log. The commit wakes the workers, not
 * this: a NOTIFY inside a business tx makes commits wait for each other.
 */
export async function appendEvents(tx: Tx, events: NewEvent[]): Promise<void> {
  if (events.length === 0) return
  await insertEvents(tx, events)
  await enqueueUnwritten(tx, events)
}

/**
 * The half of `appendEvents` that may have to wait for others: for events whose payload is to be known under
 * a lock for which nobody else should wait long. They are to be inserted in the same tx.
 */
export async function enqueueUnwritten(tx: Tx, events: NewEvent[]): Promise<void> {
  if (events.length === 0) return
  const lanes = await enqueueEvents(tx, events)
  if (lanes > 0) afterCommit(tx, 'events')
}
