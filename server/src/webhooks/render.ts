import type { WaitingEvent } from '../events/claim-lanes.ts'
import type { Snapshot } from '../organizations/directory.ts'
import { SEGMENT_NAMES } from '../organizations/organization.ts'

export interface RenderContext {
  requestId: string
  endpointId: string
  /** The receiver's own id of the customer; not there for a ping. */
  customerId: string | undefined
  snapshot: Snapshot
}

/**
 * The body of a webhook. Undefined when the snapshot does not have the merchant's segments, because
 * it is older than the event.
 */
export function render(event: WaitingEvent, context: RenderContext): Buffer | undefined {
  const members =
    event.type === 'ping' ? pingMembers(event, context) : changeMembers(event, context)
  if (!members) return undefined
  const { id, type } = event
  const envelope = { id, request_id: context.requestId, event_type: type }
  // The same members twice: at the top level for the published clients, and under `data` as
  // Standard Webhooks has it. A ping is ours, and has them in one place.
  const whole =
    type === 'ping' ? { ...envelope, ...members } : { ...envelope, ...members, data: members }
  return Buffer.from(JSON.stringify(whole))
}

function pingMembers(event: WaitingEvent, { endpointId }: RenderContext) {
  return {
    type: event.type,
    timestamp: event.at.toISOString(),
    data: { message: 'Hello from Newcomer: this webhook works.', endpoint_id: endpointId },
  }
}

function changeMembers(event: WaitingEvent, { customerId, snapshot }: RenderContext) {
  const previous = segmentsOf(event.merchant, event.previous, snapshot)
  const current = segmentsOf(event.merchant, event.current, snapshot)
  if (!previous || !current) return undefined
  return {
    type: event.type,
    customer_id: customerId,
    segments: { previous, current },
    timestamp: event.at.toISOString(),
    sequence: event.sequence,
    cause: event.cause,
  }
}

function segmentsOf(merchant: number | null, name: string | null, snapshot: Snapshot) {
  if (merchant === null || name === null) return []
  const segmentName = SEGMENT_NAMES.find((each) => each === name)
  const organization = snapshot.byNumber(merchant)
  const segment = segmentName && snapshot.segment(merchant, segmentName)
  if (!organization || !segment) return undefined
  return [{ id: segment.id, organization_id: organization.id, name: segment.name }]
}
