import type { Directory, Snapshot } from '../../organizations/directory.ts'
import { SEGMENT_NAMES } from '../../organizations/organization.ts'
import { testedType } from '../../events/event.ts'
import type { OwedEvent } from './claim-deliveries.ts'
import { sampleMembers } from './sample-event.ts'

/** What a webhook has; all the rest depends on its type. */
export interface EventBody {
  id: string
  request_id: string
  event_type: string
}

interface RenderContext {
  requestId: string
  /** Whom a ping is for; no other event says so. */
  endpointId: string
}

/** The body of a webhook. Undefined when it tells of a merchant's segments that nobody knows of. */
export async function render(
  directory: Pick<Directory, 'current' | 'refresh'>,
  event: OwedEvent,
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
  event: OwedEvent,
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

function membersOf(event: OwedEvent, context: MemberContext): object | undefined {
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

function pingMembers(event: OwedEvent, { endpointId }: MemberContext) {
  return {
    type: event.type,
    timestamp: event.at.toISOString(),
    data: { message: 'Hello from Newcomer: this webhook works.', endpoint_id: endpointId },
  }
}

function pausedMembers({ type, at, sequence, payload }: OwedEvent) {
  return { type, timestamp: at.toISOString(), sequence, data: payload }
}

function changeMembers(event: OwedEvent, { snapshot }: MemberContext) {
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
