import { Type } from 'typebox'
import { actOf } from '../../http/act.ts'
import type { Routes } from '../../http/api.ts'
import { None, One, none, one } from '../../http/envelope.ts'
import { READABLE, closed } from '../../http/schema.ts'
import { Problem } from '../../kernel/problem.ts'
import { LookAnswer, lookToWire } from '../../organizations/own/look-schema.ts'
import type { Session } from '../../organizations/session.ts'
import type { PeopleParts } from '../people-parts.ts'
import { beginLook, endLook } from './look.ts'

const path = '/organizations/:organization/look'
const tags = ['operator']
const params = Type.Object({ organization: Type.String() })
const LookBody = Type.Object(
  {
    reason: Type.String({
      minLength: 1,
      maxLength: 500,
      pattern: READABLE,
      description: 'Why, as the organization reads it in its audit log.',
    }),
  },
  closed,
)

/** Operators look over the shoulder of an organization. */
export function lookRoutes({ database, clock }: PeopleParts): Routes {
  const { db } = database
  return (api) => {
    api.post(
      path,
      {
        config: { errors: [404, 409] },
        schema: {
          operationId: 'beginLook',
          tags,
          summary: "Look at an organization's pages for 30 minutes: to read, and for a reason",
          description:
            'For operators who are signed in, and for nothing but reading: whatever changes something, or needs a ' +
            'step-up, is refused (`LookOnly`). The organization sees it, and its audit log tells the reason. A 403 ' +
            '`LookRefused` where the organization does not want it, a 409 for its members, who read as those.',
          params,
          body: LookBody,
          response: { 200: One(LookAnswer) },
        },
      },
      async (request) => {
        const session = operatorSession(request.session)
        const { organization } = request.params
        const by = { session, act: actOf(request), now: clock.now() }
        const { reason } = request.body
        return one(lookToWire(await beginLook(db, { organization, reason }, by)))
      },
    )
    api.delete(
      path,
      {
        config: { errors: [404] },
        schema: {
          operationId: 'endLook',
          tags,
          summary: 'Look no longer',
          params,
          response: { 200: None },
        },
      },
      async (request) => {
        const session = operatorSession(request.session)
        const by = { session, act: actOf(request), now: clock.now() }
        await endLook(db, request.params.organization, by)
        return none()
      },
    )
  }
}

function operatorSession(session: Session | undefined): Session {
  if (session) return session
  throw new Problem(403, 'Forbidden', 'This is for a person: a key has no pages to look at.')
}
