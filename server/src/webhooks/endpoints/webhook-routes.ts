import type { Routes } from '../../http/api.ts'
import { actorOf, callerOf } from '../../http/caller.ts'
import { Many, None, One, many, none, one } from '../../http/envelope.ts'
import { EmptyBody, ListQuery } from '../../http/schema.ts'
import type { Tx } from '../../kernel/database/database.ts'
import { invalidField } from '../../kernel/problem.ts'
import { inTx } from '../../kernel/database/transaction.ts'
import {
  createEndpoint,
  draftEndpoint,
  editEndpoint,
  getEndpoint,
  newEndpointFields,
  pauseEndpoint,
  removeEndpoint,
  resumeDeliveries,
  rotateSecret,
} from './change-endpoint.ts'
import type { EndpointFields, TargetChange } from './change-endpoint.ts'
import type { Endpoint } from './endpoint.ts'
import { pageEndpoints } from './list-endpoints.ts'
import type { WebhookParts } from './webhook-parts.ts'
import * as schema from './webhook-schema.ts'

/** An organization's endpoints: where its events are sent to. */
export function webhookRoutes(parts: WebhookParts): Routes {
  return (api) => {
    createRoute(parts)(api)
    listRoutes(parts)(api)
    changeRoutes(parts)(api)
    pauseRoutes(parts)(api)
    secretRoute(parts)(api)
  }
}

function toSecret({ directory, clock }: WebhookParts, endpoint: Endpoint) {
  return schema.secretToWire(endpoint, { snapshot: directory.current(), now: clock.now() })
}

const tags = ['webhooks']
const path = '/webhooks/:webhook'

/** Runs one change of the caller's endpoints in a tx of its own. */
function change<T>(
  { database, vault, clock, targetRule }: WebhookParts,
  request: Parameters<typeof callerOf>[0],
  work: (tx: Tx, change: TargetChange) => Promise<T>,
): Promise<T> {
  const organization = callerOf(request)
  return inTx(database.db, (tx) => work(tx, { vault, organization, targetRule, now: clock.now() }))
}

/** An address to which nothing would ever be sent is better refused than kept. */
function checkAlertEmail({ mailer }: WebhookParts, { alert_email }: EndpointFields): void {
  if (mailer || alert_email === undefined || alert_email === null) return
  const message = 'alert_email cannot be used: this server is not set up to send mail'
  throw invalidField('alert_email', message)
}

function createRoute(parts: WebhookParts): Routes {
  return (api) => {
    api.post(
      '/webhooks',
      {
        config: { errors: [409] },
        schema: {
          operationId: 'createWebhook',
          tags,
          summary: 'Create a webhook; the answer shows its secret',
          description:
            'A 409 where there are as many as an organization can have. For tests of a receiver see the ping.',
          body: schema.NewWebhookBody,
          response: { 200: One(schema.SecretAnswer) },
        },
      },
      async (request) => {
        const { url, event_types } = request.body
        const given = schema.fieldsOf(request.body, parts.directory.current())
        const fields = { ...newEndpointFields, ...given, url, event_types }
        checkAlertEmail(parts, fields)
        const draft = draftEndpoint()
        const created = await change(parts, request, (tx, by) =>
          createEndpoint(tx, by, fields, draft),
        )
        return one(toSecret(parts, created))
      },
    )
  }
}

function listRoutes({ database, vault, directory }: WebhookParts): Routes {
  return (api) => {
    api.get(
      '/webhooks',
      {
        schema: {
          operationId: 'listWebhooks',
          tags,
          summary: 'List the webhooks, oldest first',
          querystring: ListQuery,
          response: { 200: Many(schema.WebhookAnswer) },
        },
      },
      async (request) => {
        const { cursor, page_size: pageSize } = request.query
        const page = { cursor, pageSize }
        const endpoints = await pageEndpoints(database.db, vault, callerOf(request), page)
        const snapshot = directory.current()
        const objects = endpoints.objects.map((each) => schema.webhookToWire(each, snapshot))
        return many(request, { ...endpoints, objects })
      },
    )
    api.get(
      path,
      {
        schema: {
          operationId: 'getWebhook',
          tags,
          summary: 'Read a webhook',
          params: schema.WebhookPath,
          response: { 200: One(schema.WebhookAnswer) },
        },
      },
      async (request) => {
        const { webhook } = request.params
        const endpoint = await getEndpoint(database.db, vault, callerOf(request), webhook)
        return one(schema.webhookToWire(endpoint, directory.current()))
      },
    )
  }
}

function changeRoutes(parts: WebhookParts): Routes {
  return (api) => {
    api.post(
      path,
      {
        schema: {
          operationId: 'updateWebhook',
          tags,
          summary: 'Change a webhook',
          description: 'A filter that is widened does not send what happened before.',
          params: schema.WebhookPath,
          body: schema.WebhookBody,
          response: { 200: One(schema.WebhookAnswer) },
        },
      },
      async (request) => {
        const fields = schema.fieldsOf(request.body, parts.directory.current())
        const { webhook } = request.params
        checkAlertEmail(parts, fields)
        const changed = await change(parts, request, (tx, by) =>
          editEndpoint(tx, by, webhook, fields),
        )
        return one(schema.webhookToWire(changed, parts.directory.current()))
      },
    )
    api.delete(
      path,
      {
        schema: {
          operationId: 'deleteWebhook',
          tags,
          summary: 'Delete a webhook; what waits for it is never sent',
          params: schema.WebhookPath,
          response: { 200: None },
        },
      },
      async (request) => {
        const { webhook } = request.params
        await change(parts, request, (tx, by) => removeEndpoint(tx, by, webhook))
        return none()
      },
    )
  }
}

function pauseRoutes(parts: WebhookParts): Routes {
  return (api) => {
    api.post(
      `${path}/pause`,
      {
        schema: {
          operationId: 'pauseWebhook',
          tags,
          summary: 'Stop sending; events are collected',
          description:
            'They are kept for as long as events are, and go out in order after a resume.',
          params: schema.WebhookPath,
          body: EmptyBody,
          response: { 200: One(schema.WebhookAnswer) },
        },
      },
      async (request) => {
        const { webhook } = request.params
        const actor = actorOf(request)
        const id = 'id' in actor ? actor.id : actor.kind
        const paused = await change(parts, request, (tx, by) => pauseEndpoint(tx, by, webhook, id))
        parts.notifier.notify()
        return one(schema.webhookToWire(paused, parts.directory.current()))
      },
    )
    api.post(
      `${path}/resume`,
      {
        schema: {
          operationId: 'resumeWebhook',
          tags,
          summary: 'Send again, in order, what was collected and what had failed',
          params: schema.WebhookPath,
          body: EmptyBody,
          response: { 200: One(schema.WebhookAnswer) },
        },
      },
      async (request) => {
        const { webhook } = request.params
        const resumed = await change(parts, request, (tx, by) => resumeDeliveries(tx, by, webhook))
        parts.notifier.notify()
        return one(schema.webhookToWire(resumed, parts.directory.current()))
      },
    )
  }
}

function secretRoute(parts: WebhookParts): Routes {
  return (api) => {
    api.post(
      `${path}/rotate-secret`,
      {
        config: { errors: [409] },
        schema: {
          operationId: 'rotateWebhookSecret',
          tags,
          summary: 'Put a new secret in place of the present one; the answer shows it',
          description: 'A 409 where five are valid already.',
          params: schema.WebhookPath,
          body: schema.RotationBody,
          response: { 200: One(schema.SecretAnswer) },
        },
      },
      async (request) => {
        const { webhook } = request.params
        const { overlap_hours: overlapHours = schema.DEFAULT_OVERLAP_HOURS } = request.body
        const rotated = await change(parts, request, (tx, by) =>
          rotateSecret(tx, by, webhook, overlapHours),
        )
        return one(toSecret(parts, rotated))
      },
    )
  }
}
