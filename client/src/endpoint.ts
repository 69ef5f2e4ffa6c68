import { fetchPage, objectOf } from './answer.ts'
import type { Page, PageQuery } from './answer.ts'
import type { SegmentChangeCause } from './customer.ts'
import type { EventType, SubscribableType } from './event.ts'
import { pathTo } from './path.ts'
import { createReplayCalls } from './replay.ts'
import type { ReplayCalls } from './replay.ts'
import type { Send } from './send.ts'

/** What may be said about an endpoint. */
export interface EndpointFields {
  /** Where events are posted to. */
  url: string
  event_types: SubscribableType[]
  description?: string | null | undefined
  /** How many events one request may carry, 1 to 500; above 1 they come as a `BatchEvent`. */
  batch_size?: number | undefined
  /** A batch has at most so many bytes, 10,000 to 1,000,000; 100,000 unless given. One larger event comes alone. */
  max_batch_bytes?: number | undefined
  /** Only events about these, `org-…`; null for all. */
  merchants?: string[] | null | undefined
  /** Only segment changes of these causes; null for all. */
  causes?: SegmentChangeCause[] | null | undefined
  /** Who is told by mail when it pauses itself. A 400 where the server is not set up to send mail. */
  alert_email?: string | null | undefined
}

/** Why an endpoint gets nothing for now. */
export interface EndpointPause {
  reason: 'by-hand' | 'failures' | 'gone' | (string & {})
  date: string
  /** By hand: the name of the API key that called. */
  by: string | null
  /** For failures: how many of the events `attempted` in the last hour were failing. */
  failing: number | null
  attempted: number | null
  /** What the receiver answered last; null when it did not answer, and `error` says why. */
  status: number | null
  error: string | null
}

/** An endpoint: a URL that wants events. */
export interface Endpoint {
  /** `endpoint-…` */
  id: string
  url: string
  event_types: SubscribableType[]
  description: string | null
  batch_size: number
  max_batch_bytes: number
  merchants: string[] | null
  causes: SegmentChangeCause[] | null
  alert_email: string | null
  status: 'enabled' | 'paused'
  /** The reason in `paused`. */
  paused_reason: EndpointPause['reason'] | null
  /** Null while enabled. */
  paused: EndpointPause | null
  /** When the last of the secrets before the present one ends, or ended; null when there is none. */
  previous_secrets_expire_date: string | null
  created_date: string
  modified_date: string
}

/** An endpoint with its secret, `whsec_…`, which is shown at creation and rotation only: keep it. */
export interface EndpointWithSecret extends Endpoint {
  secret: string
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
  /** How the body that was answered begins; null where there was none. */
  answer: string | null
  /** The replay it belongs to, `replay-…`; null for the first time that the event was sent. */
  replay_id: string | null
}

/** One event on its way to one endpoint. */
export interface Delivery {
  /** `hook-…`, the same on every attempt. */
  event_id: string
  event_type: EventType
  /** Whether it was made up, because somebody asked for a test event. */
  test: boolean
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

/** A delivery with what is sent. Bodies are not kept: it is rendered and signed when it is asked for. */
export interface DeliveryWithBody extends Delivery {
  /**
   * The event as it would be sent now, alone, whether or not the endpoint has a `batch_size`; null where its
   * customer is erased, or where it can't be read any more.
   */
  body: string | null
  /** What such a request carries, by their names in lower case, with both signatures of `body`; without a body none. */
  headers: Record<string, string>
}

/** How an endpoint fares. */
export interface EndpointStats {
  /** How many events wait, or at least that many. */
  waiting: number
  waiting_is_at_least: boolean
  /** How many customers and transactions have an event that failed and is tried again. */
  failing: number
  oldest_waiting_date: string | null
  last_hour: EndpointRates
}

/** What came of the requests of a time. */
export interface EndpointRates {
  /** Requests; the four after it count their events. */
  attempts: number
  acknowledged: number
  refused: number
  failed: number
  expired: number
  /** How long the receiver took to answer: half of the requests, and 99 %, at most so long. */
  p50_ms: number | null
  p99_ms: number | null
}

/** What came of the requests from `start_date` on, for the length of a bucket. */
export interface SeriesBucket extends EndpointRates {
  start_date: string
}

/** How an endpoint fared over some hours. */
export interface EndpointSeries {
  start_date: string
  /** The end of the last bucket, which is not over yet. */
  end_date: string
  /** 1 for up to 2 hours, 10 for up to 24, else 30. */
  bucket_minutes: number
  /** Oldest first and without gaps. */
  buckets: SeriesBucket[]
}

/** One thing that a check of a receiver looked at. */
export interface ReceiverFinding {
  name: 'right-signature' | 'wrong-signature' | 'repeat' | 'unknown-type' | 'batch' | 'speed'
  /** `warning`: it works, but not as it should. `skipped`: the ones before say all. */
  outcome: 'passed' | 'warning' | 'failed' | 'skipped'
  /** What was found, as a sentence. */
  message: string
  /** The line of code, for Node, that mends it. */
  mend: string | null
  /** What was answered; null where nothing was, or nothing was sent. */
  status: number | null
  error: string | null
  duration_ms: number | null
}

/** Whether a receiver is right. */
export interface ReceiverCheck {
  /** Whether all that was looked at is as it should be. */
  is_right: boolean
  findings: ReceiverFinding[]
}

export interface DeliveryQuery extends PageQuery {
  state?: DeliveryState | undefined
  customer_id?: string | undefined
  /** Not with `customer_id`: an event is about one of the two. */
  transaction_id?: string | undefined
  event_type?: EventType | undefined
  event_id?: string | undefined
  /** When the event happened: from here on… */
  start_date?: string | undefined
  /** …until just before this. */
  end_date?: string | undefined
}

/** All but `create` and `list` answer 404 `NotFound` for an endpoint that isn't yours. */
export interface EndpointCalls extends ReplayCalls {
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
  /**
   * Sends a ping, or with `event_type` a test event of that type, and answers its delivery. Not
   * repeated when the network fails.
   */
  ping(id: string, options?: { event_type?: SubscribableType }): Promise<Delivery>
  /**
   * Finds out whether the receiver is right, by made-up events that it gets at once: it takes up to 25 s. Not
   * repeated when the network fails.
   */
  check(id: string): Promise<ReceiverCheck>
  stats(id: string): Promise<EndpointStats>
  /** The last `hours`, 1 to 48; 48 unless given. */
  series(id: string, options?: { hours?: number }): Promise<EndpointSeries>
  /** One event's delivery, with its body. A 404 where the endpoint never wanted it. */
  delivery(id: string, eventId: string): Promise<DeliveryWithBody>
  /** What was sent, or will be, with every attempt. */
  deliveries(id: string, query?: DeliveryQuery): Promise<Page<Delivery>>
}

const ENDPOINTS_PATH = '/v1/webhooks'

export function createEndpointCalls(send: Send): EndpointCalls {
  const post = async <T>(path: string, body?: object): Promise<T> =>
    objectOf(await send({ method: 'POST', path, body }))
  const postOnce = async <T>(path: string, body?: object): Promise<T> =>
    objectOf(await send({ method: 'POST', path, body, once: true }))
  return {
    create: async (endpoint) => postOnce(ENDPOINTS_PATH, endpoint),
    list: async (query) => fetchPage(send, ENDPOINTS_PATH, { ...query }),
    get: async (id) => objectOf(await send({ method: 'GET', path: pathTo(ENDPOINTS_PATH, id) })),
    update: async (id, changes) => post(pathTo(ENDPOINTS_PATH, id), changes),
    delete: async (id) => {
      await send({ method: 'DELETE', path: pathTo(ENDPOINTS_PATH, id) })
    },
    pause: async (id) => post(pathTo(ENDPOINTS_PATH, id, 'pause')),
    resume: async (id) => post(pathTo(ENDPOINTS_PATH, id, 'resume')),
    rotateSecret: async (id, options) =>
      postOnce(pathTo(ENDPOINTS_PATH, id, 'rotate-secret'), options),
    ping: async (id, options) => postOnce(pathTo(ENDPOINTS_PATH, id, 'ping'), options),
    check: async (id) => postOnce(pathTo(ENDPOINTS_PATH, id, 'check')),
    stats: async (id) =>
      objectOf(await send({ method: 'GET', path: pathTo(ENDPOINTS_PATH, id, 'stats') })),
    series: async (id, options) =>
      objectOf(
        await send({
          method: 'GET',
          path: pathTo(ENDPOINTS_PATH, id, 'series'),
          query: { ...options },
        }),
      ),
    delivery: async (id, eventId) => {
      const path = pathTo(pathTo(ENDPOINTS_PATH, id, 'deliveries'), eventId)
      return objectOf(await send({ method: 'GET', path }))
    },
    deliveries: async (id, query) =>
      fetchPage(send, pathTo(ENDPOINTS_PATH, id, 'deliveries'), { ...query }),
    ...createReplayCalls(send),
  }
}
