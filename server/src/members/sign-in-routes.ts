import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Routes } from '../http/api.ts'
import { actOf, originOf } from '../http/act.ts'
import { None, One, none, one } from '../http/envelope.ts'
import { linkBase } from '../http/public-url.ts'
import { EmptyBody } from '../http/schema.ts'
import { inTx } from '../kernel/database/transaction.ts'
import { giveDevice, passkeySite, placeOf, stepToWire, takeSession } from './account-answer.ts'
import * as schema from './account-schema.ts'
import { mailReset, resetPassword } from './change-password.ts'
import { parsePersonEmail, sealEmail } from './people/person.ts'
import type { PeopleParts } from './people-parts.ts'
import { endSession } from './sessions/end-sessions.ts'
import { setUp } from './set-up.ts'
import { journalPerson } from './journal-person.ts'
import { admit, signIn, signInWithCode } from './sign-in.ts'
import type { SecondFactor, SignInStep } from './sign-in.ts'
import type { PasskeyAnswer } from './use-passkey.ts'
import { askForPasskey, withPasskey } from './use-passkey.ts'

const tags = ['account']
const response = { 200: One(schema.SignInAnswer) }
// Wrong guesses are a 401, and too many of them a 429.
const config = { errors: [401] }

/** How somebody who is not signed in becomes so. Whatever is wrong has one answer. */
export function signInRoutes(parts: PeopleParts): Routes {
  return (api) => {
    passwordRoutes(parts)(api)
    codeRoutes(parts)(api)
    passkeyRoutes(parts)(api)
    resetRoutes(parts)(api)
    signOutRoute(parts)(api)
  }
}

type Asked = FastifyRequest<{ Body: unknown }>

const answer = (parts: PeopleParts, request: Asked, reply: FastifyReply, step: SignInStep) =>
  one(stepToWire(parts.vault, request, reply, step))

function passwordRoutes(parts: PeopleParts): Routes {
  return (api) => {
    api.post(
      '/setup',
      {
        config: { errors: [404, 409] },
        schema: {
          operationId: 'setUp',
          tags,
          summary: 'Become the first operator, by the link that the first start prints',
          body: schema.SetUpBody,
          response,
        },
      },
      async (request, reply) => {
        const { email, ...fields } = request.body
        const operator = { ...fields, email: parsePersonEmail(email) }
        return answer(
          parts,
          request,
          reply,
          await setUp(parts, operator, placeOf(parts.vault, request)),
        )
      },
    )
    api.post(
      '/sign-in',
      {
        config,
        schema: {
          operationId: 'signIn',
          tags,
          summary: 'Sign in by e-mail address and password',
          description:
            'The answer, and the time it takes, are the same whether there is nobody with this address or ' +
            'the password is another.',
          body: schema.SignInBody,
          response,
        },
      },
      async (request, reply) => {
        const { email, password } = request.body
        const credentials = { email: parsePersonEmail(email), password }
        const step = await signIn(parts, credentials, placeOf(parts.vault, request))
        return answer(parts, request, reply, step)
      },
    )
  }
}

function codeRoutes(parts: PeopleParts): Routes {
  const enter = async (request: Asked, reply: FastifyReply, factor: SecondFactor) => {
    const step = await signInWithCode(parts, factor, placeOf(parts.vault, request))
    return answer(parts, request, reply, step)
  }
  const description = 'Five tries, then the sign-in begins anew.'
  return (api) => {
    api.post(
      '/sign-in/totp',
      {
        config,
        schema: {
          operationId: 'signInWithTotp',
          tags,
          summary: 'Go on with a one-time code',
          description,
          body: schema.CodeBody,
          response,
        },
      },
      (request, reply) => enter(request, reply, { kind: 'totp', ...request.body }),
    )
    api.post(
      '/sign-in/recovery-code',
      {
        config,
        schema: {
          operationId: 'signInWithRecoveryCode',
          tags,
          summary: 'Go on with a recovery code, which is used up',
          description,
          body: schema.CodeBody,
          response,
        },
      },
      (request, reply) => enter(request, reply, { kind: 'recovery-code', ...request.body }),
    )
  }
}

function passkeyRoutes(parts: PeopleParts): Routes {
  return (api) => {
    api.post(
      '/passkey/options',
      {
        schema: {
          operationId: 'askForPasskey',
          tags,
          summary: 'What the browser needs to sign in, or to step up, by passkey',
          body: EmptyBody,
          response: { 200: One(schema.PasskeyRequestAnswer) },
        },
      },
      async (request) => one(await askForPasskey(parts, passkeySite(request))),
    )
    api.post(
      '/passkey/verify',
      {
        config,
        schema: {
          operationId: 'signInWithPasskey',
          tags,
          summary: 'Sign in by passkey; it is both factors',
          body: schema.PasskeyBody,
          response,
        },
      },
      async (request, reply) => {
        const place = placeOf(parts.vault, request)
        const given = request.body as unknown as PasskeyAnswer
        const { origin } = place
        const attempt = { action: 'person.sign-in', origin, ...given } as const
        const step = await withPasskey(parts, passkeySite(request), attempt, (tx, person) =>
          admit(tx, parts, person, place, 'passkey'),
        )
        return answer(parts, request, reply, step)
      },
    )
  }
}

function resetRoutes(parts: PeopleParts): Routes {
  const { vault, throttle, log } = parts
  return (api) => {
    api.post(
      '/password-resets',
      {
        schema: {
          operationId: 'askForPasswordReset',
          tags,
          summary: 'Have a link mailed by which to choose another password',
          description:
            'Answers the same whether there is somebody with this address or not. Where no mail is sent, ' +
            'an operator makes such a link.',
          body: schema.ResetBody,
          response: { 200: None },
        },
      },
      (request) => {
        const email = parsePersonEmail(request.body.email)
        const { network } = placeOf(vault, request)
        const account = `reset ${sealEmail(vault, email)}`
        throttle.begin({ account, network, isKnownDevice: false })
        const base = linkBase(request)
        // Not waited for: the time would tell.
        mailReset(parts, email, (token) => `${base}/dashboard/reset#${token}`).catch(
          (error: unknown) => log.error({ err: error }, 'A link for a new password was not made.'),
        )
        return none()
      },
    )
    api.post(
      '/password-resets/complete',
      {
        config: { errors: [404] },
        schema: {
          operationId: 'resetPassword',
          tags,
          summary: 'Choose another password by a link',
          description:
            'All sessions end. It signs nobody in: a second factor is asked for as ever.',
          body: schema.NewPasswordBody,
          response: { 200: None },
        },
      },
      async (request, reply) => {
        const person = await resetPassword(parts, request.body, originOf(request))
        giveDevice(vault, request, reply, person.id)
        return none()
      },
    )
  }
}

function signOutRoute({ database, clock }: PeopleParts): Routes {
  return (api) => {
    api.post(
      '/sign-out',
      {
        schema: {
          operationId: 'signOut',
          tags,
          summary: 'Sign out; the session ends',
          description: 'Answers the same where nobody is signed in.',
          body: EmptyBody,
          response: { 200: None },
        },
      },
      async (request, reply) => {
        const { session } = request
        if (session) {
          const { id, person } = session
          const end = { act: actOf(request), now: clock.now() }
          const entry = { at: end.now, act: end.act, action: 'person.sign-out' } as const
          await inTx(database.db, async (tx) => {
            await endSession(tx, { person: person.number, id }, end)
            await journalPerson(tx, person, entry)
          })
        }
        takeSession(request, reply)
        return none()
      },
    )
  }
}
