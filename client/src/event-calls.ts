import { cursorOf, objectsOf, unexpected } from './answer.ts'
import type { SingleEvent, SubscribableType } from './event.ts'
import { NewcomerError } from './newcomer-error.ts'
import { isTransient, startBackoff } from './backoff.ts'
import type { Lost } from './backoff.ts'
import { createSend } from './send.ts'
import type { SendParts } from './send.ts'

export interface EventQuery {
  /** From the page before. Without it: what happens from now on. */
  cursor?: string | undefined
  /** How long to wait for the first event, 0 to 25; 0 unless given. */
  waitSeconds?: number | undefined
  eventType?: SubscribableType | undefined
}

/** Events as webhooks would carry them, each customer's and transaction's in order. */
export interface EventPage {
  /** At most some 100; none when nothing happened in the time. */
  events: SingleEvent[]
  /** Where the next page begins: good with the same `eventType` only. */
  cursor: string
}

export interface FollowOptions {
  /** Where to begin; now unless given. */
  cursor?: string | undefined
  eventType?: SubscribableType | undefined
  /** Gives up: the iteration then throws the signal's reason. */
  signal?: AbortSignal | undefined
  /** Told when the connection is lost and will be tried again after so long. */
  onLost?: ((lost: Lost) => void) | undefined
}

export interface EventCalls {
  list(query?: EventQuery): Promise<EventPage>
  /**
   * Pages of events as they happen, without an end, the first one at once: from its cursor on nothing
   * is missed. Survives lost connections of up to ten minutes. A cursor can be gone on with
   * later; whatever came after it comes again then.
   */
  follow(options?: FollowOptions): AsyncGenerator<EventPage, void, undefined>
}

const MAX_WAIT_SECONDS = 25

export function createEventCalls(parts: SendParts): EventCalls {
  async function list(
    { cursor, waitSeconds, eventType }: EventQuery,
    signal?: AbortSignal,
  ): Promise<EventPage> {
    const query = { cursor, wait_seconds: waitSeconds, event_type: eventType }
    // The server answers once it has waited, and then has as long as for any other call.
    const timeoutMs = parts.timeoutMs + (waitSeconds ?? 0) * 1000
    const send = createSend({ ...parts, timeoutMs })
    const envelope = await send({ method: 'GET', path: '/v1/events', query, signal })
    const { next } = envelope.meta
    if (typeof next !== 'string') throw unexpected('The answer does not say where to go on')
    return { events: objectsOf(envelope), cursor: cursorOf(next) }
  }

  async function* follow(options: FollowOptions = {}) {
    const { eventType, signal, onLost } = options
    let { cursor } = options
    for (let backoff = startBackoff(parts.sleep, onLost); ;) {
      signal?.throwIfAborted()
      try {
        // The first asks for the place to begin at only: a wait that is lost would lose it.
        const waitSeconds = cursor === undefined ? 0 : MAX_WAIT_SECONDS
        const page = await list({ cursor, waitSeconds, eventType }, signal)
        backoff = startBackoff(parts.sleep, onLost)
        cursor = page.cursor
        yield page
      } catch (error) {
        if (!(error instanceof NewcomerError) || !isTransient(error)) throw error
        await backoff.wait(error)
      }
    }
  }

  return { list: async (query = {}) => list(query), follow }
}
