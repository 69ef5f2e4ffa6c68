import type { Snapshot } from '../organizations/directory.ts'
import { SEGMENT_NAMES } from '../organizations/organization.ts'
import { testedType } from '../events/event.ts'
import type { OwedEvent } from './claim-work.ts'
import { sampleMembers } from './sample-event.ts'

export interface RenderContext {
  requestId: string
  endpointId: string
  snapshot: Snapshot
}

/**
 * The body of a webhook, in JSON. Undefined when the snapshot does not have the merchant's segments,
 * because it is older than the event.
 */
export function render(event: OwedEvent, context: RenderContext): string | undefined {
  const members = membersOf(event, context)
  if (!members) return undefined
  const tested = testedType(event.type)
  const envelope = {
    id: event.id,
    request_id: context.requestId,
    event_type: tested ?? event.type,
    ...(tested && { test: true }),
    ...(event.replay !== null && { replay_id: event.replay }),
  }
  return JSON.stringify({ ...envelope, ...members })
}

/** The body of a request with several events, each as it would be alone. */
export function renderBatch(
  bodies: string[],
  { id, requestId }: { id: string; requestId: string },
): Buffer {
  const envelope = JSON.stringify({ id, request_id: requestId, event_type: 'batch' })
  return Buffer.from(`${envelope.slice(0, -1)},"events":[${bodies.join()}]}`)
}

function membersOf(event: OwedEvent, context: RenderContext): object | undefined {
  const tested = testedType(event.type)
  if (tested) return sampleMembers(tested, event.at)
  if (event.type === 'ping') return pingMembers(event, context)
  if (event.type === 'endpoint-paused') return pausedMembers(event)
  if (event.type !== 'segment-change') return transactionMembers(event)
  const members = changeMembers(event, context)
  // The same members twice: at the top level for the published clients, and under `data` as
  // Standard Webhooks has it. All others have them in one place.
  return members && { ...members, data: members }
}

/** As the transaction was, but with the customer as it is known now: not any more once erased. */
function transactionMembers({ payload, customerId }: OwedEvent) {
  return { data: { ...payload, publisher_customer_id: customerId } }
}

function pingMembers(event: OwedEvent, { endpointId }: RenderContext) {
  return {
    type: event.type,
    timestamp: event.at.toISOString(),
    data: { message: 'Hello from Newcomer: this webhook works.', endpoint_id: endpointId },
  }
}

function pausedMembers({ type, at, sequence, payload }: OwedEvent) {
  return { type, timestamp: at.toISOString(), sequence, data: payload }
}

function changeMembers(event: OwedEvent, { snapshot }: RenderContext) {
  const previous = segmentsOf(event.merchant, event.previous, snapshot)
  const current = segmentsOf(event.merchant, event.current, snapshot)
  if (!previous || !current) return undefined
  return {
    type: event.type,
    customer_id: event.customerId,
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
