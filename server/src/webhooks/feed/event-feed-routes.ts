import { Type } from 'typebox'
import type { Routes } from '../../http/api.ts'
import { callerOf } from '../../http/caller.ts'
import { Many, many } from '../../http/envelope.ts'
import { Problem } from '../../kernel/problem.ts'
import { SUBSCRIBABLE_TYPES } from '../../events/event.ts'
import { readFeed } from './read-feed.ts'
import type { ReadFeedParts } from './read-feed.ts'
import { MAX_LONG_POLLS } from './feed-waiters.ts'
import type { FeedWaiters } from './feed-waiters.ts'
import { MAX_CURSOR_LENGTH, parseFeedCursor, formatFeedCursor } from './feed-cursor.ts'

// Proxies take a connection for dead after 30 seconds of silence, or later.
const MAX_WAIT_SECONDS = 25

// A client that is gone without a word holds its place for MAX_WAIT_SECONDS at most.
const RETRY_SECONDS = 5

export interface EventRouteParts extends ReadFeedParts {
  feedWaiters: FeedWaiters
}

const EventsQuery = Type.Object(
  {
    cursor: Type.Optional(
      Type.String({
        maxLength: MAX_CURSOR_LENGTH,
        description: 'From `meta.next`. Without it: what happens from now on.',
      }),
    ),
    wait_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_WAIT_SECONDS,
        description: 'How long to wait for the first event; 0 unless given.',
      }),
    ),
    event_type: Type.Optional(Type.Enum([...SUBSCRIBABLE_TYPES])),
  },
  { additionalProperties: false },
)

const EventAnswer = Type.Object(
  {
    id: Type.String({ description: 'The same as in webhooks.' }),
    request_id: Type.String(),
    event_type: Type.String(),
  },
  { additionalProperties: true, title: 'SingleEvent', description: 'The body of a webhook.' },
)

/** The event feed by long polling: an organization's events without an endpoint. */
export function eventRoutes(parts: EventRouteParts): Routes {
  return (api) => {
    api.get(
      '/events',
      {
        // A HEAD would wait, and answer nothing.
        exposeHeadRoute: false,
        schema: {
          operationId: 'listEvents',
          tags: ['webhooks'],
          summary: 'Listen to events by long polling, without an endpoint',
          description:
            'At most some 100 events, which come as in webhooks and in the same order per customer and ' +
            'transaction. `meta.next` goes on from there, and is never null. At most ' +
            `${MAX_LONG_POLLS} calls with keys of an organization can wait at once, and as many of each person; ` +
            'one more is a 429.',
          querystring: EventsQuery,
          response: { 200: Many(EventAnswer) },
        },
      },
      async (request, reply) => {
        const { cursor, wait_seconds: waitSeconds = 0, event_type: type } = request.query
        const { number: organization } = callerOf(request)
        const from = parseFeedCursor(cursor, { type })
        const types = type === undefined ? SUBSCRIBABLE_TYPES : [type]
        const gone = new AbortController()
        reply.raw.once('close', () => gone.abort())
        const ended = AbortSignal.any([gone.signal, AbortSignal.timeout(waitSeconds * 1000)])
        const isWaiting = waitSeconds > 0
        const poller = { organization, person: request.session?.person.number }
        const longPoll = isWaiting ? parts.feedWaiters.add(poller, ended) : undefined
        if (isWaiting && !longPoll) {
          reply.header('Retry-After', RETRY_SECONDS)
          throw tooManyLongPolls(request.session !== undefined)
        }
        try {
          const { events, next } = await readFeed(parts, { organization, types }, from, longPoll)
          const page = { objects: events, next: formatFeedCursor(next, { type }), previous: null }
          return many(request, page)
        } finally {
          longPoll?.leave()
        }
      },
    )
  }
}

function tooManyLongPolls(isPerson: boolean): Problem {
  const who = isPerson ? 'tabs of yours' : 'programs of your organization'
  const message = `${MAX_LONG_POLLS} ${who} wait for events already, and no more may.`
  return new Problem(429, 'TooManyRequests', message)
}
