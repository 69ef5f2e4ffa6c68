import { fetchPage, objectOf } from './answer.ts'
import type { Page, PageQuery } from './answer.ts'
import type { EventType, SubscribableType } from './event.ts'
import { pathTo } from './path.ts'
import type { Send } from './send.ts'

/** What may be said about an endpoint. */
export interface EndpointFields {
  /** Where events are posted to. */
  url: string
  event_types: SubscribableType[]
  description?: string | null | undefined
}

/** An endpoint: a URL that wants events. */
export interface Endpoint {
  /** `endpoint-…` */
  id: string
  url: string
  event_types: SubscribableType[]
  description: string | null
  status: 'enabled' | 'paused'
  /** `by-hand`, `failures`, or `gone` after it answered 410; null while enabled. */
  paused_reason: 'by-hand' | 'failures' | 'gone' | (string & {}) | null
  created_date: string
  modified_date: string
}

/** An endpoint with its secret, `whsec_…`, which is shown at creation and rotation only: keep it. */
export interface EndpointWithSecret extends Endpoint {
  secret: string
  /** When the last of the secrets before this one ends; null when there is none. */
  previous_secrets_expire_date: string | null
}

export type DeliveryState = 'waiting' | 'acknowledged' | 'refused' | 'expired'

/** One HTTP request of a delivery. */
export interface Attempt {
  /** `attempt-…`, the `request_id` of what was sent. */
  request_id: string
  at: string
  /** The HTTP status that was answered; null when there was no answer. */
  status: number | null
  error: string | null
  duration_ms: number
}

/** One event on its way to one endpoint. */
export interface Delivery {
  /** `hook-…`, the same on every attempt. */
  event_id: string
  event_type: EventType
  /** Null for events that are not about a customer. */
  customer_id: string | null
  /** `tx-…`; null for events that are not about a transaction. */
  transaction_id: string | null
  state: DeliveryState
  /** Oldest first. */
  attempts: Attempt[]
  next_attempt_at: string | null
  created_date: string
}

export interface DeliveryQuery extends PageQuery {
  state?: DeliveryState | undefined
  customer_id?: string | undefined
  /** Not with `customer_id`: an event is about one of the two. */
  transaction_id?: string | undefined
  event_type?: EventType | undefined
}

/** All but `create` and `list` answer 404 `NotFound` for an endpoint that isn't yours. */
export interface EndpointCalls {
  /** Not repeated when the network fails: look at `list` then, lest there be two endpoints. */
  create(endpoint: EndpointFields): Promise<EndpointWithSecret>
  list(query?: PageQuery): Promise<Page<Endpoint>>
  get(id: string): Promise<Endpoint>
  /** Changes the members given. */
  update(id: string, changes: Partial<EndpointFields>): Promise<Endpoint>
  delete(id: string): Promise<void>
  /** Events are collected from now on. */
  pause(id: string): Promise<Endpoint>
  /** What was collected goes out, in order. */
  resume(id: string): Promise<Endpoint>
  /**
   * Makes a new secret. For `overlap_hours` (24 unless given) deliveries are signed with the old one
   * too.
   * Not repeated when the network fails: the new secret is then lost, so rotate again.
   */
  rotateSecret(id: string, options?: { overlap_hours?: number }): Promise<EndpointWithSecret>
  /** Sends a test event and answers its delivery. Not repeated when the network fails. */
  ping(id: string): Promise<Delivery>
  /** What was sent, or will be, with every attempt. */
  deliveries(id: string, query?: DeliveryQuery): Promise<Page<Delivery>>
}

const endpointsPath = '/v1/webhooks'

export function buildEndpointCalls(send: Send): EndpointCalls {
  const post = async <T>(path: string, body?: object): Promise<T> =>
    objectOf(await send({ method: 'POST', path, body }))
  const postOnce = async <T>(path: string, body?: object): Promise<T> =>
    objectOf(await send({ method: 'POST', path, body, once: true }))
  return {
    create: async (endpoint) => postOnce(endpointsPath, endpoint),
    list: async (query) => fetchPage(send, endpointsPath, { ...query }),
    get: async (id) => objectOf(await send({ method: 'GET', path: pathTo(endpointsPath, id) })),
    update: async (id, changes) => post(pathTo(endpointsPath, id), changes),
    delete: async (id) => {
      await send({ method: 'DELETE', path: pathTo(endpointsPath, id) })
    },
    pause: async (id) => post(pathTo(endpointsPath, id, 'pause')),
    resume: async (id) => post(pathTo(endpointsPath, id, 'resume')),
    rotateSecret: async (id, options) =>
      postOnce(pathTo(endpointsPath, id, 'rotate-secret'), options),
    ping: async (id) => postOnce(pathTo(endpointsPath, id, 'ping')),
    deliveries: async (id, query) =>
      fetchPage(send, pathTo(endpointsPath, id, 'deliveries'), { ...query }),
  }
}
