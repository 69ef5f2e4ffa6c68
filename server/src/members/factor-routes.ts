import type { Routes } from '../http/api.ts'
import { actOf } from '../http/act.ts'
import { requireStepUp, requireWholeSession, sessionOf } from '../http/authorize.ts'
import { None, One, none, one } from '../http/envelope.ts'
import { EmptyBody } from '../http/schema.ts'
import { giveSession, passkeySite } from './account-answer.ts'
import * as schema from './account-schema.ts'
import {
  addPasskey,
  confirmTotpFactor,
  removeFactor,
  renewRecoveryCodes,
  startPasskey,
  startTotp,
} from './enrol-factor.ts'
import type { CreatedPasskey, FactorChange } from './enrol-factor.ts'
import type { PeopleParts } from './people-parts.ts'
import { tellOfChange } from './tell-of-change.ts'

const tags = ['account']

/** Second factors of the person who is signed in. Each change gives the session another token and ends the others. */
export function factorRoutes(parts: PeopleParts): Routes {
  return (api) => {
    totpRoutes(parts)(api)
    passkeyFactorRoutes(parts)(api)
    removeRoute(parts)(api)
    recoveryCodesRoute(parts)(api)
  }
}

const by = (
  request: Parameters<typeof sessionOf>[0] & Parameters<typeof actOf>[0],
): FactorChange => ({
  session: sessionOf(request),
  act: actOf(request),
})

function totpRoutes(parts: PeopleParts): Routes {
  return (api) => {
    api.post(
      '/factors/totp',
      {
        config: { errors: [401, 403] },
        schema: {
          operationId: 'startTotp',
          tags,
          summary: 'Have a secret made for one-time codes',
          description:
            'It counts once a code confirms it, and takes the place of the one before then.',
          body: schema.TotpBody,
          response: { 200: One(schema.TotpAnswer) },
        },
      },
      async (request) => {
        const session = sessionOf(request)
        requireStepUp(session)
        return one(await startTotp(parts, session, request.body.name))
      },
    )
    api.post(
      '/factors/totp/confirm',
      {
        config: { errors: [401, 403, 409] },
        schema: {
          operationId: 'confirmTotp',
          tags,
          summary: 'Show by a code that the secret has arrived',
          body: schema.ConfirmBody,
          response: { 200: None },
        },
      },
      async (request, reply) => {
        const session = sessionOf(request)
        requireStepUp(session)
        const token = await confirmTotpFactor(parts, by(request), request.body.code)
        giveSession(request, reply, token)
        tellOfChange(parts, session.person.number, 'factor added')
        return none()
      },
    )
  }
}

function passkeyFactorRoutes(parts: PeopleParts): Routes {
  return (api) => {
    api.post(
      '/factors/passkeys/options',
      {
        config: { errors: [401, 403, 409] },
        schema: {
          operationId: 'startPasskey',
          tags,
          summary: 'What the browser needs to make a passkey',
          body: EmptyBody,
          response: { 200: One(schema.PasskeyCreationAnswer) },
        },
      },
      async (request) => {
        const session = sessionOf(request)
        requireStepUp(session)
        return one(await startPasskey(parts, session, passkeySite(request)))
      },
    )
    api.post(
      '/factors/passkeys/verify',
      {
        config: { errors: [401, 403, 409] },
        schema: {
          operationId: 'addPasskey',
          tags,
          summary: 'Take the passkey that the browser made',
          body: schema.NewPasskeyBody,
          response: { 200: One(schema.AddedFactorAnswer) },
        },
      },
      async (request, reply) => {
        const session = sessionOf(request)
        requireStepUp(session)
        const made = request.body as unknown as CreatedPasskey
        const { id, token } = await addPasskey(parts, by(request), passkeySite(request), made)
        giveSession(request, reply, token)
        tellOfChange(parts, session.person.number, 'factor added')
        return one({ id })
      },
    )
  }
}

function removeRoute(parts: PeopleParts): Routes {
  return (api) => {
    api.delete(
      '/factors/:factor',
      {
        config: { errors: [401, 403, 409] },
        schema: {
          operationId: 'removeFactor',
          tags,
          summary: 'Remove a second factor; the last one not where one is required',
          params: schema.FactorPath,
          response: { 200: None },
        },
      },
      async (request, reply) => {
        const session = sessionOf(request)
        requireWholeSession(session)
        requireStepUp(session)
        const token = await removeFactor(parts, by(request), request.params.factor)
        giveSession(request, reply, token)
        tellOfChange(parts, session.person.number, 'factor removed')
        return none()
      },
    )
  }
}

function recoveryCodesRoute(parts: PeopleParts): Routes {
  return (api) => {
    api.post(
      '/recovery-codes',
      {
        config: { errors: [401, 403, 409] },
        schema: {
          operationId: 'renewRecoveryCodes',
          tags,
          summary: 'Have new recovery codes in place of those before',
          body: EmptyBody,
          response: { 200: One(schema.RecoveryCodesAnswer) },
        },
      },
      async (request, reply) => {
        const session = sessionOf(request)
        requireWholeSession(session)
        requireStepUp(session)
        const { codes, token } = await renewRecoveryCodes(parts, by(request))
        giveSession(request, reply, token)
        tellOfChange(parts, session.person.number, 'recovery codes')
        return one({ codes })
      },
    )
  }
}
