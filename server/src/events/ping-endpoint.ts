import { randomUUID } from 'node:crypto'
import type { Tx } from '../kernel/database.ts'
import { newId } from '../kernel/id.ts'
import type { Organization } from '../organizations/organization.ts'
import { appendEvents } from './append-events.ts'
import type { Endpoint } from './endpoint.ts'
import type { NewEvent } from './event.ts'
import { isLogged } from './event-store.ts'
import { insertLane } from './lane-store.ts'

/** What a test event is known by. Made before the tx: one that is run again appends no second. */
export function draftPing(): { id: string; subject: string } {
  return { id: newId('hook'), subject: randomUUID() }
}

/** A test event, for this one endpoint only. Its subject is its own, so it waits for nothing. */
export async function pingEndpoint(
  tx: Tx,
  organization: Organization,
  endpoint: Endpoint,
  now: Date,
  draft = draftPing(),
): Promise<NewEvent> {
  const event: NewEvent = {
    ...draft,
    sequence: 1,
    at: now,
    organization: organization.number,
    type: 'ping',
    merchant: null,
    previous: null,
    current: null,
    cause: null,
    period: null,
    blob: null,
  }
  if (await isLogged(tx, event)) return event
  await appendEvents(tx, [event])
  await insertLane(tx, endpoint.number, event)
  return event
}
