import type { Routes } from '../../http/api.ts'
import { actOf } from '../../http/act.ts'
import { callerOf } from '../../http/caller.ts'
import { Many, many, One, one } from '../../http/envelope.ts'
import { EmptyBody, ListQuery } from '../../http/schema.ts'
import type { Tx } from '../../kernel/database/database.ts'
import { parseDateField } from '../../kernel/date-field.ts'
import { newId } from '../../kernel/id.ts'
import { inTx } from '../../kernel/database/transaction.ts'
import { getEndpoint } from '../endpoints/change-endpoint.ts'
import type { ReplayProgress } from '../../events/replay.ts'
import { getReplay, pageReplays, replayTime, resendEvent, stopReplay } from './make-replay.ts'
import type { ReplayChange } from './make-replay.ts'
import * as schema from './replay-schema.ts'
import type { WebhookParts } from '../endpoints/webhook-parts.ts'
import { WebhookPath } from '../endpoints/webhook-schema.ts'

export interface ReplayParts extends WebhookParts {
  eventDays: number
  /** Called when a replay has events to be gathered. */
  wakeGathering(): void
}

/** Replays: events sent once more, one of them or those of a time. */
export function replayRoutes(parts: ReplayParts): Routes {
  return (api) => {
    makeRoutes(parts)(api)
    readRoutes(parts)(api)
    cancelRoute(parts)(api)
  }
}

const tags = ['webhooks']
const path = '/webhooks/:webhook/replays'

type Request = Parameters<typeof actOf>[0]

function change(
  { database, vault, clock, eventDays }: ReplayParts,
  request: Request & { params: { webhook: string } },
  work: (tx: Tx, by: ReplayChange) => Promise<ReplayProgress>,
): Promise<ReplayProgress> {
  const organization = callerOf(request)
  const { webhook } = request.params
  const by = { vault, organization, act: actOf(request), now: clock.now(), webhook, eventDays }
  return inTx(database.db, (tx) => work(tx, by))
}

/** Replays with the organization's own ids of their customers. */
async function show(
  { database, subjects }: ReplayParts,
  webhookId: string,
  replays: ReplayProgress[],
): Promise<schema.ShownReplay[]> {
  const keys = [...new Set(replays.flatMap(({ subject }) => subject ?? []))]
  const customers = keys.length > 0 ? await subjects.listCustomerIds(database.db, keys) : undefined
  return replays.map((replay) => {
    const customerId = replay.subject === null ? null : customers?.get(replay.subject)
    return { replay, webhookId, customerId: customerId ?? null }
  })
}

async function answer(parts: ReplayParts, webhook: string, replay: ReplayProgress) {
  const [shown] = await show(parts, webhook, [replay])
  if (!shown) throw new Error('a replay was not shown')
  return one(schema.replayToWire(shown))
}

/** A date that is required is there. */
function toDate(text: string, field: string): Date {
  return new Date(parseDateField(text, field).time)
}

function makeRoutes(parts: ReplayParts): Routes {
  return (api) => {
    api.post(
      path,
      {
        config: { errors: [409] },
        schema: {
          operationId: 'replayEvents',
          tags,
          summary: 'Send events of a time to a webhook once more',
          description:
            'The same events under the same ids, each with `replay_id`; those that have yet to be ' +
            'sent are left out. They come in order for each customer, after what is live.',
          params: WebhookPath,
          body: schema.NewReplayBody,
          response: { 200: One(schema.ReplayAnswer) },
        },
      },
      async (request) => {
        const { body, params } = request
        const fields = {
          start: toDate(body.start_date, 'start_date'),
          end: toDate(body.end_date, 'end_date'),
          state: body.state ?? null,
          eventTypes: body.event_types ?? null,
          customerId: body.customer_id ?? null,
        }
        const id = newId('replay')
        const made = await change(parts, request, (tx, by) => replayTime(tx, by, id, fields))
        parts.wakeGathering()
        return answer(parts, params.webhook, made)
      },
    )
    api.post(
      '/webhooks/:webhook/deliveries/:event/resend',
      {
        config: { errors: [409] },
        schema: {
          operationId: 'resendEvent',
          tags,
          summary: 'Send one event to a webhook once more',
          description:
            'A replay of one event. A 409 for one that is too old, or waits to be sent already.',
          params: schema.DeliveryPath,
          body: EmptyBody,
          response: { 200: One(schema.ReplayAnswer) },
        },
      },
      async (request) => {
        const { webhook, event } = request.params
        const id = newId('replay')
        const made = await change(parts, request, (tx, by) => resendEvent(tx, by, id, event))
        parts.notifier.notify()
        return answer(parts, webhook, made)
      },
    )
  }
}

function readRoutes(parts: ReplayParts): Routes {
  const { db } = parts.database
  return (api) => {
    api.get(
      path,
      {
        schema: {
          operationId: 'listReplays',
          tags,
          summary: 'List the replays to a webhook, newest first',
          params: WebhookPath,
          querystring: ListQuery,
          response: { 200: Many(schema.ReplayAnswer) },
        },
      },
      async (request) => {
        const { cursor, page_size: pageSize } = request.query
        const { webhook } = request.params
        const endpoint = await getEndpoint(db, parts.vault, callerOf(request), webhook)
        const page = await pageReplays(db, endpoint, { cursor, pageSize })
        const shown = await show(parts, endpoint.id, page.objects)
        return many(request, { ...page, objects: shown.map(schema.replayToWire) })
      },
    )
    api.get(
      `${path}/:replay`,
      {
        schema: {
          operationId: 'getReplay',
          tags,
          summary: 'Read a replay',
          params: schema.ReplayPath,
          response: { 200: One(schema.ReplayAnswer) },
        },
      },
      async (request) => {
        const { webhook, replay } = request.params
        const endpoint = await getEndpoint(db, parts.vault, callerOf(request), webhook)
        return answer(parts, endpoint.id, await getReplay(db, endpoint, replay))
      },
    )
  }
}

function cancelRoute(parts: ReplayParts): Routes {
  return (api) => {
    api.post(
      `${path}/:replay/cancel`,
      {
        schema: {
          operationId: 'cancelReplay',
          tags,
          summary: 'End a replay; what is on its way just then may still arrive',
          params: schema.ReplayPath,
          body: EmptyBody,
          response: { 200: One(schema.ReplayAnswer) },
        },
      },
      async (request) => {
        const { webhook, replay } = request.params
        const cancelled = await change(parts, request, (tx, by) => stopReplay(tx, by, replay))
        return answer(parts, webhook, cancelled)
      },
    )
  }
}
