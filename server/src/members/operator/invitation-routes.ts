import type { Routes } from '../../http/api.ts'
import { actOf } from '../../http/act.ts'
import { Many, None, One, all, none, one } from '../../http/envelope.ts'
import { linkBase } from '../../http/public-url.ts'
import { appendEntry } from '../../journal/append-entries.ts'
import { inTx, retry } from '../../kernel/database/transaction.ts'
import { invalidField, notFound } from '../../kernel/problem.ts'
import { findInDirectory, parseOrganization } from '../../organizations/find-in-directory.ts'
import { deleteAnyInvitation, listInvitations } from '../invitations/invitation-store.ts'
import { invite, toInvitation } from '../invitations/invite.ts'
import * as schema from '../member-schema.ts'
import { parsePersonEmail } from '../people/person.ts'
import { permissionsOf } from '../people/preset.ts'
import type { PeopleParts } from '../people-parts.ts'

const tags = ['operator']

/** What the operator does with invitations: to any organization, and to be an operator. */
export function operatorInvitationRoutes(parts: PeopleParts): Routes {
  return (api) => {
    inviteRoute(parts)(api)
    listRoute(parts)(api)
    withdrawRoute(parts)(api)
  }
}

function inviteRoute(parts: PeopleParts): Routes {
  return (api) => {
    api.post(
      '/invitations',
      {
        config: { errors: [409] },
        schema: {
          operationId: 'invitePerson',
          tags,
          summary: 'Invite somebody to an organization, or to be an operator',
          description:
            'To an organization with `preset` or `permissions`; without `organization` to be an operator.',
          body: schema.OperatorInvitationBody,
          response: { 200: One(schema.NewInvitationAnswer) },
        },
      },
      async (request) => {
        const { email, organization: id, preset, permissions } = request.body
        const { directory } = parts
        const organization = id === undefined ? undefined : findInDirectory(directory, id)
        if (!organization && (preset ?? permissions) !== undefined) {
          throw invalidField('organization', 'organization is required where permissions are given')
        }
        const base = linkBase(request)
        const created = await invite(parts, {
          organization,
          email: parsePersonEmail(email),
          permissions: organization ? permissionsOf({ preset, permissions }) : [],
          act: actOf(request),
          linkOf: (token) => `${base}/dashboard/invitation#${token}`,
        })
        return one(schema.newInvitationToWire(created))
      },
    )
  }
}

function listRoute(parts: PeopleParts): Routes {
  const { database, vault, clock } = parts
  return (api) => {
    api.get(
      '/invitations',
      {
        schema: {
          operationId: 'listAnyInvitations',
          tags,
          summary: 'The invitations to an organization, or to be an operator, that can be accepted',
          description: 'The whole list at once, the first one first.',
          querystring: schema.InvitationListQuery,
          response: { 200: Many(schema.InvitationAnswer) },
        },
      },
      async (request) => {
        const organization = parseOrganization(parts.directory, request.query.organization)
        const number = organization?.number ?? null
        const rows = await retry(() => listInvitations(database.db, number, clock.now()))
        return all(
          request,
          rows.map((row) => schema.invitationToWire(toInvitation(vault, row))),
        )
      },
    )
  }
}

function withdrawRoute({ database, clock }: PeopleParts): Routes {
  return (api) => {
    api.delete(
      '/invitations/:invitation',
      {
        schema: {
          operationId: 'deleteAnyInvitation',
          tags,
          summary: 'Take an invitation back, wherever it is to; its link is good for nothing',
          params: schema.InvitationPath,
          response: { 200: None },
        },
      },
      async (request) => {
        const { invitation: id } = request.params
        const its = { at: clock.now(), act: actOf(request), object: id }
        await inTx(database.db, async (tx) => {
          const deleted = await deleteAnyInvitation(tx, id)
          if (!deleted) throw notFound(id)
          appendEntry(tx, { ...its, ...deleted, action: 'invitation.delete' })
        })
        return none()
      },
    )
  }
}
