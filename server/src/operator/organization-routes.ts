import type { Static } from 'typebox'
import type { Routes } from '../http/api.ts'
import { actOf } from '../http/act.ts'
import { Many, None, One, all, many, none, one } from '../http/envelope.ts'
import { ListQuery } from '../http/schema.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database/database.ts'
import { invalidField } from '../kernel/problem.ts'
import { listApiKeys } from '../organizations/api-key-store.ts'
import { changeOrganization } from '../organizations/change-organization.ts'
import { createApiKey } from '../organizations/create-api-key.ts'
import { createOrganization } from '../organizations/create-organization.ts'
import type { Directory } from '../organizations/directory.ts'
import { findInDirectory } from '../organizations/find-in-directory.ts'
import type { KeyUses } from '../organizations/key-uses.ts'
import { listOrganizations } from '../organizations/list-organizations.ts'
import * as schema from './organization-schema.ts'
import * as keySchema from '../organizations/own/key-schema.ts'
import { OrganizationAnswer, organizationToWire } from '../organizations/own/organization-schema.ts'
import type { OrganizationChange, Role } from '../organizations/organization.ts'
import { revokeApiKey } from '../organizations/revoke-api-key.ts'

export interface OperatorParts {
  database: Database
  directory: Directory
  clock: Clock
  keyUses: KeyUses
}

/** What the operator does with organizations. Every write is known here before it is answered. */
export function operatorRoutes(parts: OperatorParts): Routes {
  return (api) => {
    organizationRoutes(parts)(api)
    keyRoutes(parts)(api)
  }
}

type ChangeParts = Pick<OperatorParts, 'database' | 'directory' | 'clock'>

const tags = ['operator']

function organizationRoutes({ database, directory, clock }: OperatorParts): Routes {
  return (api) => {
    api.post(
      '/organizations',
      {
        schema: {
          operationId: 'createOrganization',
          tags,
          summary: 'Create an organization',
          description: 'It has no key yet.',
          body: schema.NewOrganizationBody,
          response: { 200: One(OrganizationAnswer) },
        },
      },
      async (request) => {
        const created = await createOrganization(database.db, {
          ...request.body,
          ...{ act: actOf(request), now: clock.now() },
        })
        await directory.refresh()
        return one(organizationToWire(created))
      },
    )
    api.get(
      '/organizations',
      {
        schema: {
          operationId: 'listOrganizations',
          tags,
          summary: 'List the organizations, oldest first',
          querystring: ListQuery,
          response: { 200: Many(OrganizationAnswer) },
        },
      },
      (request) => {
        const { cursor, page_size: pageSize } = request.query
        const page = listOrganizations(directory.current().organizations(), { cursor, pageSize })
        return many(request, { ...page, objects: page.objects.map(organizationToWire) })
      },
    )
    api.get(
      '/organizations/:organization',
      {
        schema: {
          operationId: 'getOrganization',
          tags,
          summary: 'Read an organization',
          params: schema.OrganizationPath,
          response: { 200: One(OrganizationAnswer) },
        },
      },
      (request) => one(organizationToWire(findInDirectory(directory, request.params.organization))),
    )
    changeRoute({ database, directory, clock })(api)
  }
}

function changeRoute({ database, directory, clock }: ChangeParts): Routes {
  return (api) => {
    api.patch(
      '/organizations/:organization',
      {
        schema: {
          operationId: 'changeOrganization',
          tags,
          summary: 'Change an organization',
          description: 'Fields that are absent stay as they are.',
          params: schema.OrganizationPath,
          body: schema.OrganizationBody,
          response: { 200: One(OrganizationAnswer) },
        },
      },
      async (request) => {
        const { id, role } = findInDirectory(directory, request.params.organization)
        const change = toChange(role, request.body)
        const by = { act: actOf(request), now: clock.now() }
        const changed = await changeOrganization(database.db, id, change, by)
        await directory.refresh()
        return one(organizationToWire(changed))
      },
    )
  }
}

function keyRoutes({ database, directory, clock, keyUses }: OperatorParts): Routes {
  const path = '/organizations/:organization/keys'
  return (api) => {
    api.post(
      path,
      {
        config: { errors: [409] },
        schema: {
          operationId: 'createKey',
          tags,
          summary: 'Create an API key; the answer is the only one that shows it',
          description: 'A 409 where there are as many as an organization can have.',
          params: schema.OrganizationPath,
          body: keySchema.NewKeyBody,
          response: { 200: One(keySchema.NewKeyAnswer) },
        },
      },
      async (request) => {
        const { number } = findInDirectory(directory, request.params.organization)
        const { name, expires_date } = request.body
        const change = { organization: number, act: actOf(request), now: clock.now() }
        const expiresAt = keySchema.parseExpiry(expires_date, change.now) ?? null
        const created = await createApiKey(database.db, change, { name, expiresAt })
        await directory.refresh()
        return one(keySchema.newKeyToWire(created))
      },
    )
    api.get(
      path,
      {
        schema: {
          operationId: 'listKeys',
          tags,
          summary: 'List the API keys of an organization that work',
          params: schema.OrganizationPath,
          response: { 200: Many(keySchema.KeyAnswer) },
        },
      },
      async (request) => {
        const { number } = findInDirectory(directory, request.params.organization)
        const keys = await listApiKeys(database.db, number, clock.now())
        return all(
          request,
          keys.map((key) => keySchema.keyToWire(key, keyUses)),
        )
      },
    )
    revokeRoute({ database, directory, clock })(api)
  }
}

function revokeRoute({ database, directory, clock }: ChangeParts): Routes {
  return (api) => {
    api.delete(
      '/organizations/:organization/keys/:key',
      {
        schema: {
          operationId: 'revokeKey',
          tags,
          summary: 'Revoke an API key; it is refused everywhere within a second',
          params: schema.KeyPath,
          response: { 200: None },
        },
      },
      async (request) => {
        const { organization, key } = request.params
        const { number } = findInDirectory(directory, organization)
        const change = { organization: number, act: actOf(request), now: clock.now() }
        await revokeApiKey(database.db, change, key)
        await directory.refresh()
        return none()
      },
    )
  }
}

function toChange(role: Role, body: Static<typeof schema.OrganizationBody>): OrganizationChange {
  const misplaced = schema.MERCHANT_FIELDS.find((field) => body[field] !== undefined)
  if (role !== 'merchant' && misplaced) {
    throw invalidField(misplaced, `${misplaced} is for merchants; this is a ${role}`)
  }
  const {
    name,
    customer_segments,
    finalization_days,
    verdict_policy,
    evidence_policy,
    answers_publishers,
    requests_per_minute,
    retention_days,
    ...profile
  } = body
  return {
    ...(name !== undefined && { name }),
    ...(customer_segments !== undefined && { customerSegments: customer_segments }),
    ...(finalization_days !== undefined && { finalizationDays: finalization_days }),
    ...(verdict_policy !== undefined && { verdictPolicy: verdict_policy }),
    ...(evidence_policy !== undefined && { evidencePolicy: evidence_policy }),
    ...(answers_publishers !== undefined && { answersPublishers: answers_publishers }),
    ...(requests_per_minute !== undefined && { requestsPerMinute: requests_per_minute }),
    ...(retention_days !== undefined && { retentionDays: retention_days }),
    profile,
  }
}
