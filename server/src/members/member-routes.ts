import type { Routes } from '../http/api.ts'
import { actOf } from '../http/act.ts'
import { callerOf } from '../http/caller.ts'
import { Many, None, One, all, none, one } from '../http/envelope.ts'
import { linkBase } from '../http/public-url.ts'
import { inTx, retry } from '../kernel/database/transaction.ts'
import { notFound } from '../kernel/problem.ts'
import { appendEntry } from '../journal/append-entries.ts'
import { changeMember, removeMember } from './change-member.ts'
import { deleteInvitation, listInvitations } from './invitations/invitation-store.ts'
import { MAX_INVITATIONS, MAX_MEMBERS, invite, toInvitation } from './invitations/invite.ts'
import * as schema from './member-schema.ts'
import type { PeopleParts } from './people-parts.ts'
import { listMembers } from './people/member-store.ts'
import type { MemberRow } from './people/member-store.ts'
import { decryptProfile, parsePersonEmail } from './people/person.ts'
import { permissionsOf } from './people/preset.ts'

const tags = ['members']

/** Who may act for the calling organization. */
export function memberRoutes(parts: PeopleParts): Routes {
  return (api) => {
    listRoute(parts)(api)
    changeRoutes(parts)(api)
    invitationRoutes(parts)(api)
    createInvitationRoute(parts)(api)
  }
}

const toWire = ({ vault }: PeopleParts, row: MemberRow) =>
  schema.memberToWire(row, decryptProfile(vault, row))

function listRoute(parts: PeopleParts): Routes {
  return (api) => {
    api.get(
      '/members',
      {
        schema: {
          operationId: 'listMembers',
          tags,
          summary: 'The people who may act for the organization, the first one first',
          description: `The whole list at once; there are at most ${MAX_MEMBERS}.`,
          response: { 200: Many(schema.MemberAnswer) },
        },
      },
      async (request) => {
        const { number } = callerOf(request)
        const members = await retry(() => listMembers(parts.database.db, number))
        return all(
          request,
          members.map((each) => toWire(parts, each)),
        )
      },
    )
  }
}

function changeRoutes(parts: PeopleParts): Routes {
  const { database, clock } = parts
  return (api) => {
    api.patch(
      '/members/:member',
      {
        config: { errors: [409] },
        schema: {
          operationId: 'changeMember',
          tags,
          summary: 'Change what a member may do; its sessions end',
          description:
            'Give `preset` or `permissions`. The last member with `people` keeps it: else a 409.',
          params: schema.MemberPath,
          body: schema.MemberBody,
          response: { 200: One(schema.MemberAnswer) },
        },
      },
      async (request) => {
        const { number } = callerOf(request)
        const permissions = permissionsOf(request.body)
        const { member: id } = request.params
        const change = { organization: number, id, now: clock.now(), act: actOf(request) }
        const member = await inTx(database.db, (tx) => changeMember(tx, change, permissions))
        return one(toWire(parts, member))
      },
    )
    api.delete(
      '/members/:member',
      {
        config: { errors: [409] },
        schema: {
          operationId: 'removeMember',
          tags,
          summary: 'Remove a member; its sessions end, and its open invitations',
          description: 'The account stays. The last member with `people` stays too: a 409.',
          params: schema.MemberPath,
          response: { 200: None },
        },
      },
      async (request) => {
        const { number: organization } = callerOf(request)
        const { member: id } = request.params
        const change = { organization, id, now: clock.now(), act: actOf(request) }
        await inTx(database.db, (tx) => removeMember(tx, change))
        return none()
      },
    )
  }
}

function invitationRoutes({ database, vault, clock }: PeopleParts): Routes {
  return (api) => {
    api.get(
      '/invitations',
      {
        schema: {
          operationId: 'listInvitations',
          tags,
          summary: 'The invitations that can still be accepted, the first one first',
          description: `The whole list at once; there are at most ${MAX_INVITATIONS}.`,
          response: { 200: Many(schema.InvitationAnswer) },
        },
      },
      async (request) => {
        const { number } = callerOf(request)
        const rows = await retry(() => listInvitations(database.db, number, clock.now()))
        return all(
          request,
          rows.map((row) => schema.invitationToWire(toInvitation(vault, row))),
        )
      },
    )
    api.delete(
      '/invitations/:invitation',
      {
        schema: {
          operationId: 'deleteInvitation',
          tags,
          summary: 'Take an invitation back; its link is good for nothing',
          params: schema.InvitationPath,
          response: { 200: None },
        },
      },
      async (request) => {
        const { number } = callerOf(request)
        const { invitation: id } = request.params
        const its = { organization: number, at: clock.now(), act: actOf(request) }
        await inTx(database.db, async (tx) => {
          if (!(await deleteInvitation(tx, number, id))) throw notFound(id)
          appendEntry(tx, { ...its, action: 'invitation.delete', object: id })
        })
        return none()
      },
    )
  }
}

function createInvitationRoute(parts: PeopleParts): Routes {
  return (api) => {
    api.post(
      '/invitations',
      {
        config: { errors: [409] },
        schema: {
          operationId: 'createInvitation',
          tags,
          summary: 'Invite somebody by e-mail address, for 72 hours and once',
          description:
            'Give `preset` or `permissions`. Where mail is sent it brings the link; else the answer has it, ' +
            'this once. A new invitation takes the place of an earlier one to the same address.',
          body: schema.InvitationBody,
          response: { 200: One(schema.NewInvitationAnswer) },
        },
      },
      async (request) => {
        const base = linkBase(request)
        const created = await invite(parts, {
          organization: callerOf(request),
          email: parsePersonEmail(request.body.email),
          permissions: permissionsOf(request.body),
          act: actOf(request),
          linkOf: (token) => `${base}/dashboard/invitation#${token}`,
        })
        return one(schema.newInvitationToWire(created))
      },
    )
  }
}
