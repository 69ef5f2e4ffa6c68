import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Clock } from '../kernel/clock.ts'
import { appendEntry } from '../journal/append-entries.ts'
import { actorText } from '../journal/entry.ts'
import type { Act, NewEntry } from '../journal/entry.ts'
import type { RefusalWriter } from '../journal/write-refusals.ts'
import type { Directory } from '../organizations/directory.ts'
import { originOf } from './act.ts'
import { actorOf } from './caller.ts'
import { namedOrganization } from './dashboard-call.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The type of the problem that it was answered with. */
    problemType: string | undefined
  }
}

export interface RefusalParts {
  clock: Clock
  directory: Directory
  refusals: RefusalWriter
}

/**
 * Writes calls that were refused for want of rights (401, 403) into journals, after they were answered:
 * into its organization's where the key is known, or was before it expired, and where a member calls; else into
 * the operator's. The same caller at the same operation is written once an hour.
 */
export function recordRefusals(app: FastifyInstance, parts: RefusalParts): void {
  const { refusals } = parts
  app.addHook('onResponse', (request, reply, done) => {
    const { statusCode: status } = reply
    if (isRefusal(request, status)) {
      const entry = toEntry(request, status, parts)
      const { organization, act, after } = entry
      const who = actorText(act.actor) ?? act.address
      const kind = { isKnown: act.actor !== null, what: [organization, who, after] }
      refusals.write(kind, (tx) => appendEntry(tx, entry))
    }
    done()
  })
  app.addHook('onClose', () => refusals.settle())
}

function isRefusal({ headers, session, is404 }: FastifyRequest, status: number): boolean {
  if (is404) return false
  // Of a person a 401 says that a password was wrong, which is written where it was tried.
  if (session) return status === 403
  // Who shows no key at all is everybody on the internet.
  return (status === 401 || status === 403) && headers.authorization !== undefined
}

function toEntry(
  request: FastifyRequest,
  status: number,
  { clock, directory }: RefusalParts,
): NewEntry {
  const { caller, formerCaller, isOperator, session, routeOptions } = request
  const isKnown = isOperator || caller !== undefined || session !== undefined
  const { operationId } = (routeOptions.schema ?? {}) as { operationId?: string }
  // Another's journal has nothing of a person that is no member.
  const named = session?.permissions && namedOrganization(request)
  const ofMember = named === undefined ? undefined : directory.current().byId(named)
  const organization = (caller ?? formerCaller)?.organization ?? ofMember
  return {
    organization: organization?.number ?? null,
    at: clock.now(),
    act: {
      actor: isKnown ? actorOf(request) : formerActor(formerCaller),
      ...originOf(request),
    },
    action: 'call.refuse',
    object: null,
    outcome: 'refused',
    after: { operation: operationId ?? null, status, reason: reasonOf(request, isKnown) },
  }
}

// What a caller that has the right still has to do.
const PROOFS: Readonly<Record<string, string>> = {
  SecondFactorRequired: 'second factor',
  StepUpRequired: 'step-up',
}

function reasonOf({ formerCaller, problemType }: FastifyRequest, isKnown: boolean): string {
  if (!isKnown) return formerCaller ? 'expired' : 'unknown key'
  return PROOFS[problemType ?? ''] ?? 'rights'
}

/** Of an expired key. */
function formerActor(caller: FastifyRequest['formerCaller']): Act['actor'] {
  return caller ? { kind: 'key', id: caller.keyId } : null
}
