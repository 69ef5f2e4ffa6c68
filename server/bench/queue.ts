/** One event of one customer, as a queue keeps it. */
export interface QueueJob {
  /** The customer: jobs of one key are done one after another, in order. */
  key: string
  sequence: number
  /** The webhook's body, but for the id of the request. */
  message: { id: string }
}

/** Does a job; rejects where it has to be tried again later. */
export type Deliver = (job: QueueJob) => Promise<void>

/** A job queue on PostgreSQL that somebody could have made a dispatcher of. */
export interface Queue {
  /** Makes what it needs in an empty database. */
  install(url: string): Promise<void>
  /** Puts jobs in line, by the queue's own means for sets; of each key at most one a call. */
  add(url: string, sets: Iterable<QueueJob[]>): Promise<void>
  /** Works until it is to rest; what it has in hand then, it finishes. */
  drain(url: string, deliver: Deliver, rest: AbortSignal): Promise<void>
}

// As the product's pool.
export const QUEUE_POOL = 10
/** As many as the product claims at once; what is sent from them at once is the same, see SENDING. */
export const QUEUE_BATCH = 2_000
