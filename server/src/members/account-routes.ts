import type { Routes } from '../http/api.ts'
import { actOf } from '../http/act.ts'
import { requireStepUp, requireWholeSession, sessionOf } from '../http/authorize.ts'
import { Many, None, One, all, none, one } from '../http/envelope.ts'
import { inTx, retry } from '../kernel/database/transaction.ts'
import { invalidField, notFound } from '../kernel/problem.ts'
import { giveSession, passkeySite, placeOf, takeSession } from './account-answer.ts'
import * as schema from './account-schema.ts'
import { journalPerson } from './journal-person.ts'
import { changePassword } from './change-password.ts'
import type { PeopleParts } from './people-parts.ts'
import { encryptProfile, toPerson } from './people/person.ts'
import { getPersonByNumber, lockPerson, updateProfile } from './people/person-store.ts'
import { readMe } from './read-me.ts'
import { idleSince } from './sessions/open-session.ts'
import { endSession, endSessionsOf } from './sessions/end-sessions.ts'
import { listSessions } from './sessions/session-store.ts'
import { stepUpByPasskey, stepUpByPassword } from './step-up.ts'
import type { PasskeyAnswer } from './use-passkey.ts'

const tags = ['account']

/** What somebody who is signed in does with the own account. */
export function accountRoutes(parts: PeopleParts): Routes {
  return (api) => {
    meRoutes(parts)(api)
    proofRoutes(parts)(api)
    sessionRoutes(parts)(api)
    endSessionsRoute(parts)(api)
  }
}

function meRoutes(parts: PeopleParts): Routes {
  const { database, vault, clock } = parts
  const response = { 200: One(schema.MeAnswer) }
  return (api) => {
    api.get(
      '/me',
      {
        config: { errors: [401] },
        schema: {
          operationId: 'getMe',
          tags,
          summary: 'Who is signed in, and what for',
          description: 'All that is kept of the person, too.',
          response,
        },
      },
      async (request) => one(await readMe(parts, sessionOf(request))),
    )
    api.patch(
      '/me',
      {
        config: { errors: [401] },
        schema: {
          operationId: 'changeMe',
          tags,
          summary: 'Change the own name',
          body: schema.PersonBody,
          response,
        },
      },
      async (request) => {
        const session = sessionOf(request)
        requireWholeSession(session)
        const { number } = session.person
        const { name } = request.body
        const now = clock.now()
        const entry = { at: now, act: actOf(request), action: 'person.rename' } as const
        await inTx(database.db, async (tx) => {
          await lockPerson(tx, number)
          const person = toPerson(vault, await getPersonByNumber(tx, number))
          if (person.name === name) return
          const blob = encryptProfile(vault, person.id, { email: person.email, name })
          await updateProfile(tx, { number, blob, now })
          await journalPerson(tx, session.person, entry)
        })
        return one(await readMe(parts, session))
      },
    )
  }
}

/** Calls that prove once more who it is. */
function proofRoutes(parts: PeopleParts): Routes {
  return (api) => {
    api.post(
      '/password',
      {
        config: { errors: [401, 403] },
        schema: {
          operationId: 'changePassword',
          tags,
          summary: 'Choose another password; all other sessions end',
          body: schema.PasswordBody,
          response: { 200: None },
        },
      },
      async (request, reply) => {
        const session = sessionOf(request)
        requireWholeSession(session)
        const { current_password: current, password } = request.body
        const place = placeOf(parts.vault, request)
        const change = { current, password }
        giveSession(request, reply, await changePassword(parts, session, change, place))
        return none()
      },
    )
    api.post(
      '/step-up',
      {
        config: { errors: [401] },
        schema: {
          operationId: 'stepUp',
          tags,
          summary: 'Prove once more who it is, for changes that matter',
          description: 'By `password` or by `passkey`; it holds for ten minutes.',
          body: schema.StepUpBody,
          response: { 200: None },
        },
      },
      async (request, reply) => {
        const session = sessionOf(request)
        const { password, passkey } = request.body
        const place = placeOf(parts.vault, request)
        if ((password === undefined) === (passkey === undefined)) {
          throw invalidField('password', 'give either password or passkey')
        }
        const token =
          password === undefined
            ? await stepUpByPasskey(parts, session, passkeySite(request), {
                ...(passkey as unknown as PasskeyAnswer),
                place,
              })
            : await stepUpByPassword(parts, session, password, place)
        giveSession(request, reply, token)
        return none()
      },
    )
  }
}

function sessionRoutes({ database, clock }: PeopleParts): Routes {
  return (api) => {
    api.get(
      '/sessions',
      {
        config: { errors: [401] },
        schema: {
          operationId: 'listSessions',
          tags,
          summary: 'The own sessions, the last one first',
          response: { 200: Many(schema.SessionAnswer) },
        },
      },
      async (request) => {
        const { id, person } = sessionOf(request)
        const now = clock.now()
        const { member, operator } = idleSince(now)
        const alive = { idleSince: person.isOperator ? operator : member, now }
        const sessions = await retry(() => listSessions(database.db, person.number, alive))
        const objects = sessions.map((each) => ({
          id: each.id,
          browser: each.browser,
          is_current: each.id === id,
          created_date: each.created_at.toISOString(),
          last_used_date: each.used_at.toISOString(),
        }))
        return all(request, objects)
      },
    )
    api.delete(
      '/sessions/:session',
      {
        config: { errors: [401] },
        schema: {
          operationId: 'endSession',
          tags,
          summary: 'End a session of one’s own',
          params: schema.SessionPath,
          response: { 200: None },
        },
      },
      async (request, reply) => {
        const { id: current, person } = sessionOf(request)
        const id = request.params.session
        const entry = { at: clock.now(), act: actOf(request), after: { session: id } } as const
        await inTx(database.db, async (tx) => {
          const own = { person: person.number, id }
          if (!(await endSession(tx, own, { act: entry.act, now: entry.at }))) throw notFound(id)
          await journalPerson(tx, person, { ...entry, action: 'person.end-session' })
        })
        if (id === current) takeSession(request, reply)
        return none()
      },
    )
  }
}

function endSessionsRoute({ database, clock }: PeopleParts): Routes {
  return (api) => {
    api.delete(
      '/sessions',
      {
        config: { errors: [401, 403] },
        schema: {
          operationId: 'endOtherSessions',
          tags,
          summary: 'End all sessions but this one',
          response: { 200: None },
        },
      },
      async (request) => {
        const session = sessionOf(request)
        requireStepUp(session)
        const { id, person } = session
        const entry = { at: clock.now(), act: actOf(request), after: { except: id } } as const
        await inTx(database.db, async (tx) => {
          const others = { person: person.number, except: id }
          await endSessionsOf(tx, others, { act: entry.act, now: entry.at })
          await journalPerson(tx, person, { ...entry, action: 'person.end-sessions' })
        })
        return none()
      },
    )
  }
}
