import { randomUUID } from 'node:crypto'
import type { Database, Db } from '../../kernel/database/database.ts'
import type { Logger } from '../../kernel/log.ts'
import { inTx } from '../../kernel/database/transaction.ts'
import type { Vault } from '../../kernel/vault.ts'
import { claimLanes, listWaitingEvents } from '../../events/claim-lanes.ts'
import type { ClaimQuery, LaneClaim, WaitingEvent } from '../../events/claim-lanes.ts'
import { listTargets } from '../endpoints/endpoint-store.ts'
import type { EndpointTarget } from '../endpoints/endpoint-store.ts'
import { listReplayedEvents } from '../../events/list-replayed.ts'
import { decryptPayload } from '../../events/event-payload.ts'
import { hasPayload, kindOf } from '../attempts/subject.ts'
import type { Subjects } from '../attempts/subject.ts'
import { MINUTE_MS } from '../../kernel/durations.ts'

/** An event that is to be sent, with its payload. */
export interface PendingEvent extends Omit<WaitingEvent, 'blob' | 'endpoint' | 'lane'> {
  /** The transaction or the endpoint as it was when the event happened; null for other events. */
  payload: object | null
  /** The receiver's own id of the customer that the event is about; null where there is none. */
  customerId: string | null
  /** The replay that it is sent for; null the first time. */
  replay: string | null
}

/** A lane that this worker has a lease on, with the events that it is to send. */
export interface ClaimedLane extends LaneClaim {
  token: string
  leaseEnd: Date
  events: PendingEvent[]
  /** Where the cursor stands once all of `events` are done with; the endpoint gets nothing else up to here. */
  end: number
}

/** What one claim got. */
export interface Claim {
  /** Within each endpoint and priority, the longest due first. */
  lanes: ClaimedLane[]
  /** Every endpoint that has a lane in `lanes` or was named as busy; a deleted one is absent. */
  endpoints: Map<number, EndpointTarget>
}

/**
 * How long a claim holds its lanes: far longer than the last attempt begun within it takes. The lanes
 * of a worker that died wait until the lease ends.
 */
export const LEASE_MS = MINUTE_MS
/** Enough that a busy customer's lane is not claimed again for each event. */
export const EVENTS_PER_LANE = 20

export interface DeliveryClaimQuery extends Omit<ClaimQuery, 'token' | 'leaseEnd'> {
  /** Endpoints of which this worker has claimed lanes already. */
  busy: number[]
}

export interface ClaimParts {
  database: Database
  vault: Vault
  log: Logger
  subjects: Subjects
}

/**
 * Claims lanes for a lease (`for update skip locked`, fenced by a token) and reads all that is needed to send
 * their events, in few statements.
 */
export async function claimDeliveries(
  parts: ClaimParts,
  { busy, ...query }: DeliveryClaimQuery,
): Promise<Claim> {
  const { db } = parts.database
  const token = randomUUID()
  const leaseEnd = new Date(query.now.getTime() + LEASE_MS)
  const claims = await inTx(db, (tx) => claimLanes(tx, { ...query, token, leaseEnd }))
  const numbers = [...new Set([...busy, ...claims.map((claim) => claim.endpoint)])]
  const [events, targets] = await Promise.all([
    listClaimedEvents(db, claims, query.now),
    numbers.length > 0 ? listTargets(db, numbers) : [],
  ])
  const customers = await listSubjectCustomers(db, parts.subjects, [...events.values()].flat())
  const endpoints = new Map(targets.map((target) => [target.number, target]))
  const lanes = claims.map((claim) => {
    const all = events.get(keyOf(claim)) ?? []
    const most = maxEvents(endpoints.get(claim.endpoint)?.batch_size ?? 1)
    const mine = all.slice(0, most)
    const pending = mine.flatMap((event) => decodeEvent(parts, claim, event, customers) ?? [])
    const last = all.length < most ? undefined : mine.at(-1)
    return { ...claim, token, leaseEnd, events: pending, end: last?.sequence ?? claim.tail }
  })
  return { lanes, endpoints }
}

/** A lane's events are split between batches only where they have too many bytes; see take-batch.ts. */
function maxEvents(batchSize: number): number {
  return batchSize > 1 ? Math.min(batchSize, EVENTS_PER_LANE) : EVENTS_PER_LANE
}

function keyOf({ endpoint, subject }: { endpoint: number; subject: string }): string {
  return `${endpoint} ${subject}`
}

async function listClaimedEvents(
  db: Db,
  claims: LaneClaim[],
  now: Date,
): Promise<Map<string, WaitingEvent[]>> {
  const events = new Map<string, WaitingEvent[]>()
  const perLane = EVENTS_PER_LANE
  const replays = claims.filter((claim) => claim.replay !== null)
  const others = claims.filter((claim) => claim.replay === null)
  const found = await Promise.all([
    others.length > 0 ? listWaitingEvents(db, others, { now, perLane }) : [],
    replays.length > 0 ? listReplayedEvents(db, replays, perLane) : [],
  ])
  for (const event of found.flat()) {
    const key = keyOf({ endpoint: event.endpoint, subject: event.lane })
    const mine = events.get(key)
    if (mine) mine.push(event)
    else events.set(key, [event])
  }
  return events
}

/** Undefined when its customer or transaction is erased, or its payload cannot be decrypted. */
export function decodeEvent(
  { vault, log }: Pick<ClaimParts, 'vault' | 'log'>,
  { replay }: Pick<LaneClaim, 'replay'>,
  { blob, ...event }: Omit<WaitingEvent, 'endpoint' | 'lane'>,
  customers: Map<string, string | null>,
): PendingEvent | undefined {
  const customerId = customers.get(event.subject)
  const kind = kindOf(event.type)
  if (kind !== undefined && customerId === undefined) return undefined
  const pending = { ...event, customerId: customerId ?? null, payload: null, replay }
  if (!hasPayload(event.type)) return pending
  try {
    return { ...pending, payload: decryptPayload(vault, { id: event.id, blob }) }
  } catch (error) {
    // One damaged row must not hold up the rows behind it.
    log.error({ err: error, event: event.id }, 'An event cannot be read; it is left out.')
    return undefined
  }
}

/** The receivers' own ids of the customers that the events are about, by the events' subjects. */
export async function listSubjectCustomers(
  db: Db,
  subjects: Subjects,
  events: Pick<WaitingEvent, 'type' | 'subject'>[],
): Promise<Map<string, string | null>> {
  const subjectsOf = (kind: ReturnType<typeof kindOf>) => {
    const ofKind = events.filter((event) => kindOf(event.type) === kind)
    return [...new Set(ofKind.map((event) => event.subject))]
  }
  const [customers, transactions] = [subjectsOf('customer'), subjectsOf('transaction')]
  const found = await Promise.all([
    customers.length > 0 ? subjects.listCustomerIds(db, customers) : [],
    transactions.length > 0 ? subjects.listTransactionCustomerIds(db, transactions) : [],
  ])
  return new Map(found.flatMap((each) => [...each]))
}
