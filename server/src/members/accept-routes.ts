import type { Routes } from '../http/api.ts'
import { actOf } from '../http/act.ts'
import { requireWholeSession } from '../http/authorize.ts'
import { One, one } from '../http/envelope.ts'
import { invalidField } from '../kernel/problem.ts'
import { acceptAsNewcomer, acceptAsPerson, readInvitation } from './accept-invitation.ts'
import { giveSession, placeOf, stepToWire } from './account-answer.ts'
import * as schema from './account-schema.ts'
import type { PeopleParts } from './people-parts.ts'
import { presetOf } from './people/preset.ts'

const tags = ['account']

/** What a person does with an invitation's link. The token comes in the body: URLs are logged. */
export function acceptRoutes(parts: PeopleParts): Routes {
  return (api) => {
    api.post(
      '/invitations/find',
      {
        config: { errors: [404] },
        schema: {
          operationId: 'findInvitation',
          tags,
          summary: 'What an invitation is to, by its link',
          body: schema.TokenBody,
          response: { 200: One(schema.ShownInvitationAnswer) },
        },
      },
      async (request) => {
        const shown = await readInvitation(parts, request.body.token)
        return one({
          email: shown.email,
          organization: shown.organization,
          permissions: shown.permissions,
          preset: presetOf(shown.permissions),
          has_account: shown.hasAccount,
          expires_date: shown.expiresAt.toISOString(),
        })
      },
    )
    api.post(
      '/invitations/accept',
      {
        config: { errors: [404, 409] },
        schema: {
          operationId: 'acceptInvitation',
          tags,
          summary: 'Accept an invitation, once',
          description:
            'With `name` and `password` a person without an account gets one under the address that was invited. ' +
            'Without them the person who is signed in accepts, whose address it must be: else a 409.',
          body: schema.AcceptBody,
          response: { 200: One(schema.SignInAnswer) },
        },
      },
      async (request, reply) => {
        const { token, name, password } = request.body
        const { session } = request
        if (name === undefined && password === undefined && session) {
          requireWholeSession(session)
          const by = { session, act: actOf(request) }
          giveSession(request, reply, await acceptAsPerson(parts, token, by))
          return one({ next: 'done' as const, challenge: null })
        }
        if (name === undefined) throw invalidField('name', 'name is required')
        if (password === undefined) throw invalidField('password', 'password is required')
        const place = placeOf(parts.vault, request)
        const step = await acceptAsNewcomer(parts, token, { name, password }, place)
        return one(stepToWire(parts.vault, request, reply, step))
      },
    )
  }
}
