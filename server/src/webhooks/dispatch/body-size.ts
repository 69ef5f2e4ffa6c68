import { testedType } from '../../events/event.ts'
import type { PendingEvent } from './claim-deliveries.ts'

// What a body has around its payload and its customer's id: ids, dates, names of segments, all twice.
const MEMBERS_BYTES = 1_000
// Test events are made up when they are sent, and are much the same.
const SAMPLE_BYTES = 4_000
/** What a batch has around its events. */
export const BATCH_BYTES = 200

/** At most so many bytes the event takes in a request's body. */
export function maxEventBytes({ type, payload, customerId }: PendingEvent): number {
  if (testedType(type)) return SAMPLE_BYTES
  const ofPayload = payload === null ? 0 : Buffer.byteLength(JSON.stringify(payload))
  return MEMBERS_BYTES + 2 * Buffer.byteLength(JSON.stringify(customerId)) + ofPayload
}
