import { findEvent } from '../../events/event-store.ts'
import type { Clock } from '../../kernel/clock.ts'
import { idPattern, newId } from '../../kernel/id.ts'
import type { Logger } from '../../kernel/log.ts'
import { notFound } from '../../kernel/problem.ts'
import type { Directory } from '../../organizations/directory.ts'
import { listTargets } from '../endpoints/endpoint-store.ts'
import { pageDeliveries } from '../history/list-deliveries.ts'
import type { Delivery, DeliveryListParts } from '../history/list-deliveries.ts'
import type { OutgoingRequest } from '../transport/send.ts'
import { buildRequest } from './build-request.ts'
import { decodeEvent, listSubjectCustomers } from './claim-deliveries.ts'
import { createTargetCache } from './target.ts'

export interface ShowDeliveryParts extends DeliveryListParts {
  directory: Pick<Directory, 'current' | 'refresh'>
  clock: Clock
  log: Logger
}

/** A delivery, and the request that an attempt would make now: undefined where it could make none. */
export interface ShownDelivery {
  delivery: Delivery
  request: OutgoingRequest | undefined
}

const EVENT_ID = idPattern('hook')

/**
 * One event's delivery to an endpoint, with its body and signatures made now, since none is kept: what was erased
 * meanwhile is not shown again. Throws the same 404 for an event that is absent, another's, or never wanted.
 */
export async function showDelivery(parts: ShowDeliveryParts, id: string): Promise<ShownDelivery> {
  const page = EVENT_ID.test(id)
    ? await pageDeliveries(parts, { event_id: id }, { cursor: undefined })
    : undefined
  const delivery = page?.objects[0]
  if (!delivery) throw notFound(id)
  return { delivery, request: await renderRequest(parts, id) }
}

async function renderRequest(
  parts: ShowDeliveryParts,
  id: string,
): Promise<OutgoingRequest | undefined> {
  const { db, vault, organization, endpoint, subjects } = parts
  const event = await findEvent(db, organization.number, id)
  const [row] = await listTargets(db, [endpoint.number])
  if (!event || !row) return undefined
  const customers = await listSubjectCustomers(db, subjects, [event])
  const pending = decodeEvent(parts, { replay: null }, event, customers)
  if (!pending) return undefined
  const target = createTargetCache(vault)(row)
  return buildRequest(parts, { id: newId('attempt'), events: [pending], target, isBatch: false })
}
