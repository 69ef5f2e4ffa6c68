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

/** An event that is to be sent, with what it carries. */
export interface OwedEvent extends Omit<WaitingEvent, 'blob' | 'endpoint' | 'lane'> {
  /** What the transaction or the endpoint was when it happened; null for other events. */
  payload: object | null
  /** The receiver's own id of the customer that the event is about; null where there is none. */
  customerId: string | null
  /** The replay that it is sent for; null the first time. */
  replay: string | null
}

/** A lane in the hands of this worker, with the events that it is to send. */
export interface ClaimedLane extends LaneClaim {
  token: string
  leaseEnd: Date
  events: OwedEvent[]
  /** Where the cursor is once all of `events` are done with: nothing else up to here is owed. */
  end: number
}

export interface Work {
  /** Of each endpoint and priority the longest due first. */
  lanes: ClaimedLane[]
  /** Every endpoint that has a lane here or was asked for; a deleted one is absent. */
  endpoints: Map<number, EndpointTarget>
}

/**
 * A lease outlives the attempt that is begun last within it by far; while a worker is dead its
 * lanes wait this long.
 */
export const LEASE_MS = 60_000
/** So many that a busy customer's lane is not claimed again for each event. */
export const EVENTS_PER_LANE = 20

export interface WorkQuery extends Omit<ClaimQuery, 'token' | 'leaseEnd'> {
  /** Endpoints of which this worker has lanes already. */
  busy: number[]
}

export interface ClaimParts {
  database: Database
  vault: Vault
  log: Logger
  subjects: Subjects
}

/** Claims lanes and reads all that is needed to send their events, in few statements. */
export async function claimWork(parts: ClaimParts, { busy, ...query }: WorkQuery): Promise<Work> {
  const { db } = parts.database
  const token = randomUUID()
  const leaseEnd = new Date(query.now.getTime() + LEASE_MS)
  const claims = await inTx(db, (tx) => claimLanes(tx, { ...query, token, leaseEnd }))
  const numbers = [...new Set([...busy, ...claims.map((claim) => claim.endpoint)])]
  const [events, targets] = await Promise.all([
    readEvents(db, claims, query.now),
    numbers.length > 0 ? listTargets(db, numbers) : [],
  ])
  const customers = await readCustomers(db, parts.subjects, [...events.values()].flat())
  const endpoints = new Map(targets.map((target) => [target.number, target]))
  const lanes = claims.map((claim) => {
    const all = events.get(keyOf(claim)) ?? []
    const most = mostEvents(endpoints.get(claim.endpoint)?.batch_size ?? 1)
    const mine = all.slice(0, most)
    const owed = mine.flatMap((event) => open(parts, claim, event, customers) ?? [])
    const last = all.length < most ? undefined : mine.at(-1)
    return { ...claim, token, leaseEnd, events: owed, end: last?.sequence ?? claim.tail }
  })
  return { lanes, endpoints }
}

/** A lane's events come in one batch. */
function mostEvents(batchSize: number): number {
  return batchSize > 1 ? Math.min(batchSize, EVENTS_PER_LANE) : EVENTS_PER_LANE
}

function keyOf({ endpoint, subject }: { endpoint: number; subject: string }): string {
  return `${endpoint} ${subject}`
}

async function readEvents(
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

/** Undefined when there is nobody left that it could be about, or its payload cannot be read. */
export function open(
  { vault, log }: Pick<ClaimParts, 'vault' | 'log'>,
  { replay }: Pick<LaneClaim, 'replay'>,
  { blob, ...event }: Omit<WaitingEvent, 'endpoint' | 'lane'>,
  customers: Map<string, string | null>,
): OwedEvent | undefined {
  const customerId = customers.get(event.subject)
  const kind = kindOf(event.type)
  if (kind !== undefined && customerId === undefined) return undefined
  const owed = { ...event, customerId: customerId ?? null, payload: null, replay }
  if (!hasPayload(event.type)) return owed
  try {
    return { ...owed, payload: decryptPayload(vault, { id: event.id, blob }) }
  } catch (error) {
    // One row that was damaged must not hold up those behind it.
    log.error({ err: error, event: event.id }, 'An event cannot be read; it is left out.')
    return undefined
  }
}

/** The receivers' own ids of the customers that the events are about, by the events' subject. */
export async function readCustomers(
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
    customers.length > 0 ? subjects.readCustomers(db, customers) : [],
    transactions.length > 0 ? subjects.readTransactions(db, transactions) : [],
  ])
  return new Map(found.flatMap((each) => [...each]))
}
