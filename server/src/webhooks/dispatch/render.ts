import type { Directory, Snapshot } from '../../organizations/directory.ts'
import { SEGMENT_NAMES } from '../../organizations/organization.ts'
import { testedType } from '../../events/event.ts'
import type { PendingEvent } from './claim-deliveries.ts'
import { sampleMembers } from './sample-event.ts'

/** The envelope of a webhook; its other members depend on the type. */
export interface EventBody {
  id: string
  request_id: string
  event_type: string
}

interface RenderContext {
  requestId: string
  /** The endpoint that a ping names; no other event names one. */
  endpointId: string
}

/** Renders the body of a webhook. Undefined when the directory does not know the segments that it names. */
export async function render(
  directory: Pick<Directory, 'current' | 'refresh'>,
  event: PendingEvent,
  context: RenderContext,
): Promise<EventBody | undefined> {
  const body = renderBy(directory.current(), event, context)
  if (body) return body
  // The event is newer than what this process knows of organizations.
  await directory.refresh()
  return renderBy(directory.current(), event, context)
}

function renderBy(
  snapshot: Snapshot,
  event: PendingEvent,
  context: RenderContext,
): EventBody | undefined {
  const members = membersOf(event, { ...context, snapshot })
  if (!members) return undefined
  const tested = testedType(event.type)
  return {
    id: event.id,
    request_id: context.requestId,
    event_type: tested ?? event.type,
    ...(tested && { test: true }),
    ...(event.replay !== null && { replay_id: event.replay }),
    ...members,
  }
}

type MemberContext = RenderContext & { snapshot: Snapshot }

function membersOf(event: PendingEvent, context: MemberContext): object | undefined {
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

/** The transaction as it was, but with the customer's present id: null once erased. */
function transactionMembers({ type, at, payload, customerId }: PendingEvent) {
  const data = { ...payload, publisher_customer_id: customerId }
  return { type, timestamp: at.toISOString(), data }
}

function pingMembers(event: PendingEvent, { endpointId }: MemberContext) {
  return {
    type: event.type,
    timestamp: event.at.toISOString(),
    data: { message: 'Hello from Newcomer: this webhook works.', endpoint_id: endpointId },
  }
}

function pausedMembers({ type, at, sequence, payload }: PendingEvent) {
  return { type, timestamp: at.toISOString(), sequence, data: payload }
}

function changeMembers(event: PendingEvent, { snapshot }: MemberContext) {
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
