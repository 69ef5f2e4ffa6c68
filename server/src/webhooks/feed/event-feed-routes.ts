import { Type } from 'typebox'
import type { Routes } from '../../http/api.ts'
import { callerOf } from '../../http/caller.ts'
import { Many, many } from '../../http/envelope.ts'
import { Problem } from '../../kernel/problem.ts'
import { SUBSCRIBABLE_TYPES } from '../../events/event.ts'
import { hearEvents } from './read-feed.ts'
import type { HearParts } from './read-feed.ts'
import { MAX_LISTENERS } from './feed-waiters.ts'
import type { Listening } from './feed-waiters.ts'
import { MAX_CURSOR_LENGTH, readListenPlace, writeListenPlace } from './feed-cursor.ts'

// Proxies take a connection for dead after 30 seconds of silence, or later.
const MAX_WAIT_SECONDS = 25

// Those who are gone without a word wait no longer than MAX_WAIT_SECONDS.
const RETRY_SECONDS = 5

export interface EventRouteParts extends HearParts {
  listening: Listening
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

/** An organization's events, for whoever asks in place of having an endpoint. */
export function eventRoutes(parts: EventRouteParts): Routes {
  return (api) => {
    api.get(
      '/events',
      {
        // It would wait, and say nothing.
        exposeHeadRoute: false,
        schema: {
          operationId: 'listEvents',
          tags: ['webhooks'],
          summary: 'Listen to events by long polling, without an endpoint',
          description:
            'At most some 100 events, which come as in webhooks and in the same order per customer and ' +
            'transaction. `meta.next` goes on from there, and is never null. At most ' +
            `${MAX_LISTENERS} calls of an organization can wait at once; one more is a 429.`,
          querystring: EventsQuery,
          response: { 200: Many(EventAnswer) },
        },
      },
      async (request, reply) => {
        const { cursor, wait_seconds: waitSeconds = 0, event_type: type } = request.query
        const { number: organization } = callerOf(request)
        const from = readListenPlace(cursor, { type })
        const types = type === undefined ? SUBSCRIBABLE_TYPES : [type]
        const gone = new AbortController()
        reply.raw.once('close', () => gone.abort())
        const ended = AbortSignal.any([gone.signal, AbortSignal.timeout(waitSeconds * 1000)])
        const isWaiting = waitSeconds > 0
        const listener = isWaiting ? parts.listening.enter(organization, ended) : undefined
        if (isWaiting && !listener) {
          reply.header('Retry-After', RETRY_SECONDS)
          throw tooManyListeners()
        }
        try {
          const { events, next } = await hearEvents(parts, { organization, types }, from, listener)
          const page = { objects: events, next: writeListenPlace(next, { type }), previous: null }
          return many(request, page)
        } finally {
          listener?.leave()
        }
      },
    )
  }
}

function tooManyListeners(): Problem {
  return new Problem(
    429,
    'TooManyRequests',
    `${MAX_LISTENERS} programs of your organization wait for events already, and no more may.`,
  )
}
