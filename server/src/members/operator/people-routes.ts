import type { Routes } from '../../http/api.ts'
import { actOf } from '../../http/act.ts'
import { Many, None, One, all, none, one } from '../../http/envelope.ts'
import { linkBase } from '../../http/public-url.ts'
import { EmptyBody } from '../../http/schema.ts'
import { inTx, retry } from '../../kernel/database/transaction.ts'
import { parseOrganization } from '../../organizations/find-in-directory.ts'
import { changeOperator, clearFactors, endSessions, erasePerson } from '../change-person.ts'
import { createResetToken } from '../change-password.ts'
import * as schema from '../member-schema.ts'
import type { PeopleParts } from '../people-parts.ts'
import { tellOfChange } from '../tell-of-change.ts'
import { listMemberships } from '../people/member-store.ts'
import type { MemberRights } from '../people/member-store.ts'
import { listPeople } from '../people/person-store.ts'
import { toPerson } from '../people/person.ts'
import type { PersonRow } from '../people/person.ts'

const tags = ['operator']
const path = '/people/:person'
const params = schema.PersonPath
// Everybody is there by an invitation.
const MAX_PEOPLE = 10_000

/** What the operator does with people. */
export function peopleRoutes(parts: PeopleParts): Routes {
  return (api) => {
    listPeopleRoute(parts)(api)
    changePersonRoutes(parts)(api)
    rescueRoutes(parts)(api)
    resetLinkRoute(parts)(api)
  }
}

function toWire(parts: PeopleParts, row: PersonRow, memberships: readonly MemberRights[]) {
  const { id, name, email, isOperator, createdAt, number } = toPerson(parts.vault, row)
  const snapshot = parts.directory.current()
  return {
    id,
    name,
    email,
    is_operator: isOperator,
    memberships: memberships
      .filter(({ person }) => person === number)
      .map(({ organization, permissions }) => ({
        organization: snapshot.byNumber(organization)?.id ?? '',
        permissions,
      })),
    created_date: createdAt.toISOString(),
  }
}

function listPeopleRoute(parts: PeopleParts): Routes {
  const { db } = parts.database
  return (api) => {
    api.get(
      '/people',
      {
        schema: {
          operationId: 'listPeople',
          tags,
          summary: 'Everybody who can sign in, oldest first',
          description: 'The whole list at once.',
          querystring: schema.PersonListQuery,
          response: { 200: Many(schema.PersonAnswer) },
        },
      },
      async (request) => {
        const { organization: id } = request.query
        const organization = parseOrganization(parts.directory, id)?.number
        const people = await retry(() => listPeople(db, { limit: MAX_PEOPLE, organization }))
        const numbers = people.map(({ number }) => number)
        const memberships = await retry(() => listMemberships(db, numbers))
        return all(
          request,
          people.map((each) => toWire(parts, each, memberships)),
        )
      },
    )
  }
}

function changePersonRoutes(parts: PeopleParts): Routes {
  const { database, clock } = parts
  return (api) => {
    api.patch(
      path,
      {
        config: { errors: [409] },
        schema: {
          operationId: 'changePerson',
          tags,
          summary: 'Make somebody an operator, or no longer one; their sessions end',
          description: 'The last operator stays one: a 409.',
          params,
          body: schema.OperatorFlagBody,
          response: { 200: One(schema.PersonAnswer) },
        },
      },
      async (request) => {
        const { is_operator: isOperator } = request.body
        const { person } = request.params
        const changed = await inTx(database.db, (tx) =>
          changeOperator(tx, person, isOperator, { act: actOf(request), now: clock.now() }),
        )
        const memberships = await retry(() => listMemberships(database.db, [changed.number]))
        return one(toWire(parts, changed, memberships))
      },
    )
    api.delete(
      path,
      {
        config: { errors: [409] },
        schema: {
          operationId: 'erasePerson',
          tags,
          summary: 'Erase a person, with memberships, sessions and factors',
          description: 'The last operator, and the last owner of an organization, stays: a 409.',
          params,
          response: { 200: None },
        },
      },
      async (request) => {
        const change = { act: actOf(request), now: clock.now() }
        await inTx(database.db, (tx) => erasePerson(tx, parts, request.params.person, change))
        return none()
      },
    )
  }
}

function rescueRoutes(parts: PeopleParts): Routes {
  const { database, clock } = parts
  return (api) => {
    api.delete(
      `${path}/sessions`,
      {
        schema: {
          operationId: 'endSessionsOfPerson',
          tags,
          summary: 'End all sessions of a person',
          params,
          response: { 200: None },
        },
      },
      async (request) => {
        const change = { act: actOf(request), now: clock.now() }
        await inTx(database.db, (tx) => endSessions(tx, request.params.person, change))
        return none()
      },
    )
    api.delete(
      `${path}/factors`,
      {
        schema: {
          operationId: 'clearFactors',
          tags,
          summary: 'Take the second factors of somebody who has lost them',
          description:
            'Their sessions end. Make sure by another way that it is they who ask: from now on the password ' +
            'lets in whoever knows it, so far as to enrol a factor.',
          params,
          response: { 200: None },
        },
      },
      async (request) => {
        const change = { act: actOf(request), now: clock.now() }
        const { person } = request.params
        const number = await inTx(database.db, (tx) => clearFactors(tx, person, change))
        tellOfChange(parts, number, 'factors cleared')
        return none()
      },
    )
  }
}

function resetLinkRoute(parts: PeopleParts): Routes {
  return (api) => {
    api.post(
      `${path}/reset-link`,
      {
        schema: {
          operationId: 'createResetLink',
          tags,
          summary: 'Make a link by which a person chooses another password',
          description: 'It is for an hour, and once. A second factor is asked for as ever.',
          params,
          body: EmptyBody,
          response: { 200: One(schema.ResetLinkAnswer) },
        },
      },
      async (request) => {
        const { person } = request.params
        const token = await createResetToken(parts, person, actOf(request))
        return one({ link: `${linkBase(request)}/dashboard/reset#${token}` })
      },
    )
  }
}
