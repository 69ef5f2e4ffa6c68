import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database/database.ts'
import { inTx } from '../kernel/database/transaction.ts'
import { HOUR_MS } from '../kernel/durations.ts'
import type { Logger } from '../kernel/log.ts'
import { appendEntry } from '../journal/append-entries.ts'
import { actorText } from '../journal/entry.ts'
import type { Act, NewEntry } from '../journal/entry.ts'
import { truncateAddress } from './act.ts'
import { actorOf } from './caller.ts'

export interface RefusalParts {
  database: Database
  clock: Clock
  log: Logger
}

// The same refusal again tells nothing new, and a program that was set up wrong repeats it by the thousand.
const REPEATED_MS = HOUR_MS
// Within an hour: of keys that are known, and of others, so that guesses fill no memory and no journal.
const MAX_KNOWN = 10_000
const MAX_UNKNOWN = 200

/**
 * Writes calls that were refused for want of rights (401, 403) into journals, after they were answered:
 * into its organization's where the key is known, or was before it expired; else into the operator's. The
 * same key at the same operation is written once an hour.
 */
export function recordRefusals(app: FastifyInstance, { database, clock, log }: RefusalParts): void {
  const isNew = createRecent(clock)
  const writing = new Set<Promise<void>>()
  app.addHook('onResponse', (request, reply, done) => {
    const { statusCode: status } = reply
    const isRefusal = status === 401 || status === 403
    // Who shows no key at all is everybody on the internet.
    if (isRefusal && request.headers.authorization !== undefined && !request.is404) {
      const entry = toEntry(request, status, clock.now())
      if (isNew(entry)) {
        const write = inTx(database.db, (tx) => appendEntry(tx, entry))
          .catch((error: unknown) => {
            log.error({ err: error }, 'A refused call could not be written into its journal.')
          })
          .finally(() => writing.delete(write))
        writing.add(write)
      }
    }
    done()
  })
  app.addHook('onClose', async () => {
    await Promise.all(writing)
  })
}

function toEntry(request: FastifyRequest, status: number, at: Date): NewEntry {
  const { caller, formerCaller, isOperator, routeOptions } = request
  const isKnown = isOperator || caller !== undefined
  const { operationId } = (routeOptions.schema ?? {}) as { operationId?: string }
  return {
    organization: (caller ?? formerCaller)?.organization.number ?? null,
    at,
    act: {
      actor: isKnown ? actorOf(request) : formerActor(formerCaller),
      ...{ address: truncateAddress(request.ip), request: request.id },
    },
    action: 'call.refuse',
    object: null,
    outcome: 'refused',
    after: {
      operation: operationId ?? null,
      status,
      reason: isKnown ? 'rights' : formerCaller ? 'expired' : 'unknown key',
    },
  }
}

/** Of an expired key. */
function formerActor(caller: FastifyRequest['formerCaller']): Act['actor'] {
  return caller ? { kind: 'key', id: caller.keyId } : null
}

/** Whether nothing of the kind was seen within the hour. */
function createRecent(clock: Clock): (entry: NewEntry) => boolean {
  let since = -Infinity
  const seen = { known: new Set<string>(), unknown: new Set<string>() }
  return ({ organization, act, after }) => {
    const nowMs = clock.now().getTime()
    if (nowMs - since >= REPEATED_MS) {
      since = nowMs
      seen.known.clear()
      seen.unknown.clear()
    }
    const who = actorText(act.actor) ?? act.address
    const what = JSON.stringify([organization, who, after])
    const [its, most] = act.actor ? [seen.known, MAX_KNOWN] : [seen.unknown, MAX_UNKNOWN]
    if (its.has(what) || its.size >= most) return false
    its.add(what)
    return true
  }
}
