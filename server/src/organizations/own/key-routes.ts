import type { Routes } from '../../http/api.ts'
import { actOf } from '../../http/act.ts'
import { callerOf } from '../../http/caller.ts'
import { all, Many, None, none, One, one } from '../../http/envelope.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database/database.ts'
import { retry } from '../../kernel/database/transaction.ts'
import { listApiKeys } from '../api-key-store.ts'
import { createApiKey } from '../create-api-key.ts'
import type { KeyChange } from '../create-api-key.ts'
import type { Directory } from '../directory.ts'
import type { KeyUses } from '../key-uses.ts'
import { revokeApiKey } from '../revoke-api-key.ts'
import { rotateApiKey } from '../rotate-api-key.ts'
import * as schema from './key-schema.ts'

export interface KeyRouteParts {
  database: Database
  directory: Directory
  clock: Clock
  keyUses: KeyUses
}

const tags = ['organization']

/** An organization's own keys. Every change is known here before it is answered. */
export function keyRoutes(parts: KeyRouteParts): Routes {
  return (api) => {
    createRoute(parts)(api)
    listRoute(parts)(api)
    rotateRoute(parts)(api)
    revokeRoute(parts)(api)
  }
}

function changeOf({ clock }: KeyRouteParts, request: Parameters<typeof actOf>[0]): KeyChange {
  return { organization: callerOf(request).number, act: actOf(request), now: clock.now() }
}

function createRoute(parts: KeyRouteParts): Routes {
  return (api) => {
    api.post(
      '/keys',
      {
        config: { errors: [403, 409] },
        schema: {
          operationId: 'createOwnKey',
          tags,
          summary:
            'Create an API key of your organization; the answer is the only one that shows it',
          description:
            'A key that expires can only create keys which expire no later: else a 403. A 409 where ' +
            'there are as many as an organization can have.',
          body: schema.NewKeyBody,
          response: { 200: One(schema.NewKeyAnswer) },
        },
      },
      async (request) => {
        const change = changeOf(parts, request)
        const { name, expires_date } = request.body
        const expiresAt = schema.parseExpiry(expires_date, change.now) ?? null
        const created = await createApiKey(parts.database.db, change, { name, expiresAt })
        await parts.directory.refresh()
        return one(schema.newKeyToWire(created))
      },
    )
  }
}

function listRoute({ database, clock, keyUses }: KeyRouteParts): Routes {
  return (api) => {
    api.get(
      '/keys',
      {
        schema: {
          operationId: 'listOwnKeys',
          tags,
          summary: 'List the API keys of your organization that work, oldest first',
          description: 'The whole list at once.',
          response: { 200: Many(schema.KeyAnswer) },
        },
      },
      async (request) => {
        const { number } = callerOf(request)
        const keys = await retry(() => listApiKeys(database.db, number, clock.now()))
        return all(
          request,
          keys.map((key) => schema.keyToWire(key, keyUses)),
        )
      },
    )
  }
}

function rotateRoute(parts: KeyRouteParts): Routes {
  return (api) => {
    api.post(
      '/keys/:key/rotate',
      {
        config: { errors: [403, 409] },
        schema: {
          operationId: 'rotateOwnKey',
          tags,
          summary: 'Put a new API key in place of one; the answer is the only one that shows it',
          description:
            'The old key works for `overlap_hours` more. A 409 for one that was rotated already. A key ' +
            'that expires can only be answered keys which expire no later: else a 403.',
          params: schema.OwnKeyPath,
          body: schema.KeyRotationBody,
          response: { 200: One(schema.NewKeyAnswer) },
        },
      },
      async (request) => {
        const change = changeOf(parts, request)
        const { overlap_hours = schema.KEY_OVERLAP_HOURS, expires_date } = request.body
        const created = await rotateApiKey(parts.database.db, change, {
          id: request.params.key,
          overlapHours: overlap_hours,
          expiresAt: schema.parseExpiry(expires_date, change.now),
        })
        await parts.directory.refresh()
        return one(schema.newKeyToWire(created))
      },
    )
  }
}

function revokeRoute(parts: KeyRouteParts): Routes {
  return (api) => {
    api.delete(
      '/keys/:key',
      {
        schema: {
          operationId: 'revokeOwnKey',
          tags,
          summary:
            'Revoke an API key of your organization; it is refused everywhere within a second',
          description:
            'Also the one that asks, and the last: the operator can create another. The same call again ' +
            'changes nothing.',
          params: schema.OwnKeyPath,
          response: { 200: None },
        },
      },
      async (request) => {
        await revokeApiKey(parts.database.db, changeOf(parts, request), request.params.key)
        await parts.directory.refresh()
        return none()
      },
    )
  }
}
