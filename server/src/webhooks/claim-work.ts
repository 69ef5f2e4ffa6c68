import { randomUUID } from 'node:crypto'
import type { Db } from '../kernel/database.ts'
import { inTx } from '../kernel/transaction.ts'
import { claimLanes, listWaitingEvents } from '../events/claim-lanes.ts'
import type { ClaimQuery, LaneClaim, WaitingEvent } from '../events/claim-lanes.ts'
import { listTargets } from '../events/endpoint-store.ts'
import type { EndpointTarget } from '../events/endpoint-store.ts'

/** A lane in the hands of this worker, with the events that it is to send. */
export interface ClaimedLane extends LaneClaim {
  token: string
  leaseEnd: Date
  events: WaitingEvent[]
  /** The receiver's own id of the lane's customer. */
  customerId: string | undefined
  /** Where the cursor is once all of `events` are done with: nothing else up to here is owed. */
  end: number
}

/** The receiver's own ids of subjects; one that is absent was erased. */
export type ReadSubjects = (db: Db, subjects: string[]) => Promise<Map<string, string>>

export interface Work {
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

/** Claims lanes and reads all that is needed to send their events, in few statements. */
export async function claimWork(
  db: Db,
  readSubjects: ReadSubjects,
  { busy, ...query }: WorkQuery,
): Promise<Work> {
  const token = randomUUID()
  const leaseEnd = new Date(query.now.getTime() + LEASE_MS)
  const claims = await inTx(db, (tx) => claimLanes(tx, { ...query, token, leaseEnd }))
  const endpoints = [...new Set([...busy, ...claims.map((claim) => claim.endpoint)])]
  const [events, targets] = await Promise.all([
    readEvents(db, claims, query.now),
    endpoints.length > 0 ? listTargets(db, endpoints) : [],
  ])
  const customers = await readCustomers(db, readSubjects, events)
  const lanes = claims.map((claim) => {
    const customerId = customers.get(claim.subject)
    const mine = events.get(keyOf(claim)) ?? []
    // An erased customer's events have nobody left that they could be about.
    const owed = mine.filter((event) => event.type === 'ping' || customerId !== undefined)
    const last = mine.length < EVENTS_PER_LANE ? undefined : owed.at(-1)
    const end = last?.sequence ?? claim.tail
    return { ...claim, token, leaseEnd, events: owed, customerId, end }
  })
  return { lanes, endpoints: new Map(targets.map((target) => [target.number, target])) }
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
  if (claims.length === 0) return events
  for (const event of await listWaitingEvents(db, claims, { now, perLane: EVENTS_PER_LANE })) {
    const mine = events.get(keyOf(event))
    if (mine) mine.push(event)
    else events.set(keyOf(event), [event])
  }
  return events
}

async function readCustomers(
  db: Db,
  readSubjects: ReadSubjects,
  events: Map<string, WaitingEvent[]>,
): Promise<Map<string, string>> {
  const changes = [...events.values()].flat().filter((event) => event.type === 'segment-change')
  const subjects = [...new Set(changes.map((event) => event.subject))]
  return subjects.length > 0 ? readSubjects(db, subjects) : new Map<string, string>()
}
