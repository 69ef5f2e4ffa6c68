import type { Tx } from '../kernel/database/database.ts'
import { afterCommit } from '../kernel/database/transaction.ts'
import { insertEvents } from './event-store.ts'
import type { NewEvent } from './event.ts'
import { raiseLanes } from './lane-store.ts'

/**
 * Writes events and puts them in line for every endpoint that is subscribed to them, paused or not.
 * Runs in the tx of the change that the events tell of, under the locks of their subjects: so what
 * is visible of a subject's log is always a prefix. The workers are woken by the commit, not here: a
 * NOTIFY inside a business tx makes commits wait for each other.
 */
export async function appendEvents(tx: Tx, events: NewEvent[]): Promise<void> {
  if (events.length === 0) return
  await insertEvents(tx, events)
  const lanes = await raiseLanes(tx, events)
  if (lanes > 0) afterCommit(tx, 'events')
}
