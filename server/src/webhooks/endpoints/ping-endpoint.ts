import { randomUUID } from 'node:crypto'
import type { Tx } from '../../kernel/database/database.ts'
import { newId } from '../../kernel/id.ts'
import type { Organization } from '../../organizations/organization.ts'
import { appendEvents } from '../../events/append-events.ts'
import type { Endpoint } from './endpoint.ts'
import type { NewEvent, TestType } from '../../events/event.ts'
import { isLogged } from '../../events/event-store.ts'
import { insertLane } from '../../events/lane-store.ts'

/** The id and subject of a ping. Made before the tx, so that a retry appends no second ping. */
export interface PingDraft {
  id: string
  subject: string
}

export function draftPing(): PingDraft {
  return { id: newId('hook'), subject: randomUUID() }
}

/**
 * Appends a ping, or a test event that looks like one of a type, for this endpoint only. It has a subject of
 * its own, and so waits for no other event.
 */
export async function pingEndpoint(
  tx: Tx,
  organization: Organization,
  endpoint: Endpoint,
  { type, now, draft }: { type: 'ping' | TestType; now: Date; draft: PingDraft },
): Promise<NewEvent> {
  const event: NewEvent = {
    ...draft,
    sequence: 1,
    at: now,
    organization: organization.number,
    type,
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
