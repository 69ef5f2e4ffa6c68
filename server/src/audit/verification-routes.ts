import type { Routes } from '../http/api.ts'
import { actOf } from '../http/act.ts'
import { Many, One, many, one } from '../http/envelope.ts'
import { EmptyBody, ListQuery } from '../http/schema.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database/database.ts'
import { DEFAULT_PAGE_SIZE, parsePosition, toPage } from '../kernel/database/page.ts'
import { retry } from '../kernel/database/transaction.ts'
import { notFound } from '../kernel/problem.ts'
import type { Verifications } from './run-verifications.ts'
import * as schema from './verification-schema.ts'
import { VERIFICATION_ID, findRun, listRuns } from './verification-store.ts'

export interface VerificationRouteParts {
  database: Database
  clock: Clock
  verifications: Verifications
}

const tags = ['operator']
const config = { errors: [409] }

/** What the operator does to know that the database is sound. */
export function verificationRoutes(parts: VerificationRouteParts): Routes {
  return (api) => {
    verifyRoute(parts)(api)
    beginRoute(parts)(api)
    readRoutes(parts)(api)
  }
}

function verifyRoute({ verifications }: VerificationRouteParts): Routes {
  return (api) => {
    api.post(
      '/verify',
      {
        config,
        schema: {
          operationId: 'verify',
          tags,
          summary: 'Check the invariants on the live database, and wait for the end',
          description:
            'Reads all of the database; `drift` counts what is wrong. It is a verification as ' +
            '`POST /operator/v1/verifications` begins one: a 409 while one runs.',
          body: EmptyBody,
          response: { 200: One(schema.VerificationAnswer) },
        },
      },
      async (request) => one(await verifications.verify(actOf(request))),
    )
  }
}

function beginRoute({ verifications }: VerificationRouteParts): Routes {
  return (api) => {
    api.post(
      '/verifications',
      {
        config,
        schema: {
          operationId: 'beginVerification',
          tags,
          summary: 'Begin to check the invariants on the live database',
          description: 'It goes on in the background, one at a time: a 409 while one runs.',
          body: EmptyBody,
          response: { 200: One(schema.RunAnswer) },
        },
      },
      async (request) => one(schema.runToWire(await verifications.begin(actOf(request)))),
    )
  }
}

function readRoutes({ database, clock }: VerificationRouteParts): Routes {
  const { db } = database
  return (api) => {
    api.get(
      '/verifications',
      {
        schema: {
          operationId: 'listVerifications',
          tags,
          summary: 'The verifications of the last 400 days, the last one first',
          querystring: ListQuery,
          response: { 200: Many(schema.RunAnswer) },
        },
      },
      async (request) => {
        const { cursor, page_size: pageSize = DEFAULT_PAGE_SIZE } = request.query
        const { isBackward, from } = parsePosition(cursor, {}, VERIFICATION_ID)
        const options = { from, isBackward, limit: pageSize + 1, now: clock.now() }
        const found = await retry(() => listRuns(db, options))
        const page = toPage(found, {
          ...{ pageSize, isBackward, from, filters: {} },
          positionOf: ({ id, started_at: at }) => ({ id, at }),
        })
        return many(request, { ...page, objects: page.objects.map(schema.runToWire) })
      },
    )
    api.get(
      '/verifications/:verification',
      {
        schema: {
          operationId: 'getVerification',
          tags,
          summary: 'How far a verification has come, and what it has found',
          params: schema.RunPath,
          response: { 200: One(schema.RunAnswer) },
        },
      },
      async (request) => {
        const { verification } = request.params
        const run = await retry(() => findRun(db, verification, clock.now()))
        if (!run) throw notFound(verification)
        return one(schema.runToWire(run))
      },
    )
  }
}
