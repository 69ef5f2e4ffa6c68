import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { Routes } from '../../http/api.ts'
import { callerOf } from '../../http/caller.ts'
import { One, one } from '../../http/envelope.ts'
import { EmptyBody, NullableInteger, NullableString, OneOf } from '../../http/schema.ts'
import { conflict, unavailable } from '../../kernel/problem.ts'
import { createTargetCache } from '../dispatch/target.ts'
import type { TargetOf } from '../dispatch/target.ts'
import { getEndpoint } from '../endpoints/change-endpoint.ts'
import { listTargets } from '../endpoints/endpoint-store.ts'
import type { WebhookParts } from '../endpoints/webhook-parts.ts'
import { WebhookPath } from '../endpoints/webhook-schema.ts'
import type { Sender } from '../transport/send.ts'
import { MOST_PROBES, checkReceiver } from './check-receiver.ts'
import type { ReceiverFinding } from './check-receiver.ts'
import { CHECK_NAMES, CHECK_OUTCOMES } from './judge-answer.ts'

export interface ReceiverCheckParts extends WebhookParts {
  /** The one that deliveries go through, with its guard. */
  sender: Pick<Sender, 'send'>
}

// Each keeps a call waiting for up to 25 s, and no organization takes all that there are.
const MOST_AT_ONCE = 20
const MOST_OF_ONE = 3

const ReceiverFindingAnswer = Type.Object(
  {
    name: OneOf(CHECK_NAMES),
    outcome: OneOf(
      CHECK_OUTCOMES,
      '`warning`: it works, but not as it should. `skipped`: the ones before say all.',
    ),
    message: Type.String({ description: 'What was found, as a sentence.' }),
    mend: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'The line of code, for Node, that mends it.',
    }),
    status: NullableInteger,
    error: NullableString,
    duration_ms: NullableInteger,
  },
  { title: 'ReceiverFinding' },
)

const ReceiverCheckAnswer = Type.Object(
  {
    is_right: Type.Boolean({ description: 'Whether all that was looked at is as it should be.' }),
    findings: Type.Array(ReceiverFindingAnswer),
  },
  { title: 'ReceiverCheck' },
)

/** Whether a receiver is right. */
export function receiverCheckRoutes({
  database,
  vault,
  clock,
  sender,
}: ReceiverCheckParts): Routes {
  const targetOf = createTargetCache(vault)
  /** The organization of each endpoint that is checked just now. */
  const running = new Map<number, number>()
  return (api) => {
    api.post(
      '/webhooks/:webhook/check',
      {
        config: { errors: [409] },
        schema: {
          operationId: 'checkReceiver',
          tags: ['webhooks'],
          summary: "Find out whether a webhook's receiver is right",
          description:
            'Sends up to five made-up events, one after another and also while the webhook is paused: rightly ' +
            'signed, wrongly signed, the first once more, one of an unknown type, and a batch where it gets ' +
            'batches. Their ids begin with `hook-check-`, `test` is true, and they are no deliveries: nothing ' +
            'of them is kept or counted. It takes at most 25 s and uses five requests of the limit. A 409 while ' +
            'a check of the webhook is under way.',
          params: WebhookPath,
          body: EmptyBody,
          response: { 200: One(ReceiverCheckAnswer) },
        },
      },
      async (request, reply) => {
        const { db } = database
        const caller = callerOf(request)
        const endpoint = await getEndpoint(db, vault, caller, request.params.webhook)
        const target = targetOfOne(targetOf, await listTargets(db, [endpoint.number]))
        const its = { endpoint: endpoint.number, organization: caller.number }
        const findings = await oneAtATime(running, its, () => {
          request.server.countRows(request, reply, MOST_PROBES)
          return checkReceiver({ send: sender.send, clock }, endpoint, target)
        })
        return one(findingsToWire(findings))
      },
    )
  }
}

function targetOfOne(targetOf: TargetOf, [row]: Parameters<TargetOf>[0][]) {
  const target = row && targetOf(row)
  if (!target) throw new Error('an endpoint that was found has no target')
  return target
}

/** Does it unless it is under way for the same endpoint, or for too many. @throws Problem 409, 503 */
async function oneAtATime<T>(
  running: Map<number, number>,
  { endpoint, organization }: { endpoint: number; organization: number },
  work: () => Promise<T>,
): Promise<T> {
  if (running.has(endpoint)) throw conflict('A check of this webhook is under way.')
  const own = [...running.values()].filter((each) => each === organization)
  if (own.length >= MOST_OF_ONE || running.size >= MOST_AT_ONCE) {
    throw unavailable('Too many receivers are checked just now; try again in a moment.')
  }
  running.set(endpoint, organization)
  try {
    return await work()
  } finally {
    running.delete(endpoint)
  }
}

function findingsToWire(findings: ReceiverFinding[]): Static<typeof ReceiverCheckAnswer> {
  return {
    is_right: findings.every(({ outcome }) => outcome === 'passed'),
    findings: findings.map(({ durationMs, ...finding }) => ({
      ...finding,
      duration_ms: durationMs,
    })),
  }
}
