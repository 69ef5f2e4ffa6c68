import type { SubscribableType } from '../../events/event.ts'
import { newId } from '../../kernel/id.ts'
import type { IdPrefix } from '../../kernel/id.ts'
import { sampleMembers } from '../dispatch/sample-event.ts'

/** A body, and the id that it is signed with. */
export interface ProbeMessage {
  id: string
  body: Buffer
}

/** Of no type that there is, or will be. */
const UNKNOWN_TYPE = 'newcomer-check'

/** An id that no event has, and that a reader of a log or a table knows for one of a check. */
function checkId(prefix: IdPrefix): string {
  return newId(prefix).replace('-', '-check-')
}

/** A made-up event, which is sent as often as wanted: each time it is the same but for `request_id`. */
export interface ProbeEvent {
  id: string
  event_type: string
  members: object
}

/** An event that looks like one of the type. */
export function draftSample(type: SubscribableType, at: Date): ProbeEvent {
  return { id: checkId('hook'), event_type: type, members: sampleMembers(type, at) }
}

/** An event of a type that the receiver cannot know. */
export function draftUnknown(at: Date): ProbeEvent {
  const members = { type: UNKNOWN_TYPE, timestamp: at.toISOString(), data: {} }
  return { id: checkId('hook'), event_type: UNKNOWN_TYPE, members }
}

/** The body of one request: an endpoint with batches gets nothing else. */
export function toProbe(events: ProbeEvent[], { isBatch }: { isBatch: boolean }): ProbeMessage {
  const requestId = checkId('attempt')
  const bodies = events.map(({ id, event_type, members }) => {
    const envelope = { id, request_id: requestId, event_type, test: true }
    return { ...envelope, ...members }
  })
  const [first] = bodies
  if (!first) throw new Error('a probe has no event')
  if (!isBatch) return toMessage(first)
  const envelope = { id: checkId('batch'), request_id: requestId, event_type: 'batch' }
  return toMessage({ ...envelope, events: bodies })
}

function toMessage<T extends { id: string }>(body: T): ProbeMessage {
  return { id: body.id, body: Buffer.from(JSON.stringify(body)) }
}

/** A batch of samples: so many, or as many as fit into the bytes, and at least one. */
export function toBatchProbe(
  type: SubscribableType,
  { at, most, maxBytes }: { at: Date; most: number; maxBytes: number },
): { message: ProbeMessage; events: number } {
  const sample = draftSample(type, at)
  // The envelope of the batch is smaller than that of an event in it.
  const bytesEach = toProbe([sample], { isBatch: true }).body.length
  const count = Math.max(1, Math.min(most, Math.floor(maxBytes / bytesEach)))
  const events = Array.from({ length: count }, () => draftSample(type, at))
  return { message: toProbe(events, { isBatch: true }), events: count }
}
