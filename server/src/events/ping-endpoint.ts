import { randomUUID } from 'node:crypto'
import type { Tx } from '../kernel/database.ts'
import { newId } from '../kernel/id.ts'
import type { Organization } from '../organizations/organization.ts'
import { appendEvents } from './append-events.ts'
import type { Endpoint } from './endpoint.ts'
import type { NewEvent } from './event.ts'
import { insertLane } from './lane-store.ts'

/** A test event, for this one endpoint only. Its subject is its own, so it waits for nothing. */
export async function pingEndpoint(
  tx: Tx,
  organization: Organization,
  endpoint: Endpoint,
  now: Date,
): Promise<NewEvent> {
  const event: NewEvent = {
    id: newId('hook'),
    subject: randomUUID(),
    sequence: 1,
    at: now,
    organization: organization.number,
    type: 'ping',
    merchant: null,
    previous: null,
    current: null,
    cause: null,
    period: null,
  }
  await appendEvents(tx, [event])
  await insertLane(tx, endpoint.number, event)
  return event
}
