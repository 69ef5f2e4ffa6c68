import type { SingleEvent } from '../event.ts'
import { visible } from './text.ts'

/** What happened to which customer, in one line. A newer server may send what is not known here. */
export function describeEvent(event: SingleEvent): string {
  return visible(`${event.event_type}  ${describe(event)}`)
}

function describe(event: SingleEvent): string {
  switch (event.event_type) {
    case 'segment-change': {
      const { previous, current } = event.segments
      const at = (current[0] ?? previous[0])?.organization_id ?? 'a merchant'
      const moved = `${nameOf(previous)} -> ${nameOf(current)}`
      return `${event.customer_id}  ${moved} at ${at} (${event.cause})`
    }
    case 'tx-pending':
    case 'tx-validated':
    case 'tx-declined': {
      const { id, amount, currency, publisher_customer_id: customer } = event.data
      const by = customer === null ? '' : ` by ${customer}`
      return `${id}${by}  ${amount} ${currency} in its smallest unit`
    }
    case 'endpoint-paused':
      return `${event.data.endpoint_id}  ${event.data.url} (${event.data.reason})`
    default:
      return ''
  }
}

function nameOf(segments: { name: string }[]): string {
  return segments[0]?.name ?? 'none'
}

/** The customer that an event is about: events about the same one are in order, and are to stay so. */
export function subjectOf(event: SingleEvent): string {
  if (event.event_type === 'segment-change') return `customer ${event.customer_id}`
  const { id, endpoint_id: endpoint } = event.data as { id?: string; endpoint_id?: string }
  return id ?? endpoint ?? event.id
}
