import type { Routes } from '../../http/api.ts'
import { actOf } from '../../http/act.ts'
import { callerOf } from '../../http/caller.ts'
import { One, one } from '../../http/envelope.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database/database.ts'
import { invalidField } from '../../kernel/problem.ts'
import { changeOrganization } from '../change-organization.ts'
import type { Directory } from '../directory.ts'
import * as schema from './organization-schema.ts'

export interface OwnOrganizationParts {
  database: Database
  directory: Directory
  clock: Clock
}

const tags = ['organization']

/** The calling organization: its profile, and how the operator has set it up. */
export function ownOrganizationRoutes({
  database,
  directory,
  clock,
}: OwnOrganizationParts): Routes {
  return (api) => {
    api.get(
      '/organization',
      {
        schema: {
          operationId: 'getOwnOrganization',
          tags,
          summary: 'Read your organization: its profile and its settings',
          response: { 200: One(schema.OrganizationAnswer) },
        },
      },
      (request) => one(schema.organizationToWire(callerOf(request))),
    )
    api.patch(
      '/organization',
      {
        schema: {
          operationId: 'changeOwnOrganization',
          tags,
          summary: 'Change the name, the profile or the retention period of your organization',
          description:
            'Fields that are absent stay as they are. Only merchants have a profile; settings are changed ' +
            'by the operator.',
          body: schema.OwnOrganizationBody,
          response: { 200: One(schema.OrganizationAnswer) },
        },
      },
      async (request) => {
        const { id, role } = callerOf(request)
        const {
          name,
          retention_days: retentionDays,
          operator_may_look: operatorMayLook,
          ...profile
        } = request.body
        const [misplaced] = role === 'merchant' ? [] : Object.keys(profile)
        if (misplaced !== undefined) {
          throw invalidField(misplaced, `${misplaced} is for merchants; this is a ${role}`)
        }
        const by = { act: actOf(request), now: clock.now() }
        const change = {
          ...(name !== undefined && { name }),
          ...(retentionDays !== undefined && { retentionDays }),
          ...(operatorMayLook !== undefined && { operatorMayLook }),
          profile,
        }
        const changed = await changeOrganization(database.db, id, change, by)
        await directory.refresh()
        return one(schema.organizationToWire(changed))
      },
    )
  }
}
