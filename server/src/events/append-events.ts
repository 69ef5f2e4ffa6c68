import type { Tx } from '../kernel/database/database.ts'
import { insertEvents } from './event-store.ts'
import type { NewEvent } from './event.ts'
import { enqueueEvents } from './lane-store.ts'

/**
 * Transactional outbox: appends events to their subjects' logs and enqueues them at every endpoint that
 * is subscribed to them, paused or not. Runs in the tx of the change that the events tell of, under the locks
 * of their subjects: so readers always see a prefix of a subject's log. It notifies nobody, since a
 * NOTIFY inside a business tx makes commits wait for each other; call the notifier after the commit.
 * Returns how many lanes have something to send.
 */
export async function appendEvents(tx: Tx, events: NewEvent[]): Promise<{ lanes: number }> {
  if (events.length === 0) return { lanes: 0 }
  await insertEvents(tx, events)
  return { lanes: await enqueueEvents(tx, events) }
}
