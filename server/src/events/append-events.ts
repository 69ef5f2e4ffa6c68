import type { Tx } from '../kernel/database/database.ts'
import { insertEvents } from './event-store.ts'
import type { NewEvent } from './event.ts'
import { raiseLanes } from './lane-store.ts'

/**
 * Writes events and puts them in line for every endpoint that is subscribed to them, paused or not.
 * Runs in the tx of the change that the events tell of, under the locks of their subjects: so what
 * is visible of a subject's log is always a prefix. Nobody is woken here, since a NOTIFY inside a
 * business tx makes commits wait for each other; raise the signal after the commit.
 * Returns how many lanes have something to send.
 */
export async function appendEvents(tx: Tx, events: NewEvent[]): Promise<{ lanes: number }> {
  if (events.length === 0) return { lanes: 0 }
  await insertEvents(tx, events)
  return { lanes: await raiseLanes(tx, events) }
}
