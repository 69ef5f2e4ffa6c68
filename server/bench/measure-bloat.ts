import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { LaneClaim } from '../src/events/claim-lanes.ts'
import type { NewEvent } from '../src/events/event.ts'
import { enqueueEvents } from '../src/events/lane-store.ts'
import { lockLanes, recordLanes } from '../src/events/record-lanes.ts'
import type { Database } from '../src/kernel/database/database.ts'
import { newId } from '../src/kernel/id.ts'
import { inTx } from '../src/kernel/database/transaction.ts'
import { INITIAL_PREFETCH } from '../src/webhooks/dispatch/endpoint-queue.ts'
import { createClaimer } from './claimer.ts'
import type { Claimer, TimedClaim } from './claimer.ts'
import { quantiles } from './load.ts'
import type { Times } from './measure-backlog.ts'
import { createNetwork, subscribe } from './network.ts'
import { readParties } from './seed-backlog.ts'
import type { Parties } from './seed-backlog.ts'
import { openPlace, startServer } from './stage.ts'

/** Claims while a tx is open that sees everything as it was. */
export interface Bloat {
  /** Lanes that came and went between the first and the last. */
  lanes: number
  first: Times
  last: Times
  /** A claim from the beginning, as a worker makes one twice a second at the most. */
  whole: Times
}

export interface BloatExtent {
  lanes: number
  /** When claims become slow, there is no end to it. */
  withinMs: number
}

const SET = 2_000
const SAMPLES = 50
const WHOLE_SAMPLES = 5
const NOWHERE = 'http://127.0.0.1:9/hook'
// Claims look back a little behind where the last one came to.
const SETTLE_MS = 6_000

/**
 * Raises, claims and records lanes by the server's own statements, with nothing sent, while another
 * tx holds its snapshot: nothing that was written or deleted can be cleared away.
 */
export async function measureBloat(
  place: { DATABASE_URL: string },
  extent: BloatExtent,
): Promise<Bloat> {
  const server = await startServer('../src/main.ts', place)
  const network = await createNetwork(server.url, 1)
  const webhook = await subscribe(server.url, network.publisher, NOWHERE)
  await server.stop()
  const database = await openPlace(place)
  const holder = new pg.Client({ connectionString: place.DATABASE_URL })
  await holder.connect()
  try {
    const parties = await readParties(database, network)
    const turn = createTurn(database, parties, await createClaimer(database, webhook))
    await sample(turn, SAMPLES)
    await holder.query('begin isolation level repeatable read')
    await holder.query('select 1')
    const first = await sample(turn, SAMPLES)
    const end = performance.now() + extent.withinMs
    let lanes = 0
    for (; lanes < extent.lanes && performance.now() < end; lanes += SET) await turn(SET)
    await pause(SETTLE_MS)
    const last = await sample(turn, SAMPLES)
    return { lanes, first, last, whole: await sample(turn, WHOLE_SAMPLES, true) }
  } finally {
    await holder.end()
    await database.close()
  }
}

/** What a set of lanes goes through; answers how many milliseconds its claim took. */
type Turn = (count: number, isWhole?: boolean) => Promise<number>

async function sample(turn: Turn, times: number, isWhole = false): Promise<Times> {
  const all: number[] = []
  for (let index = 0; index < times; index++) all.push(await turn(INITIAL_PREFETCH, isWhole))
  return quantiles(all)
}

function createTurn({ db }: Database, parties: Parties, claim: Claimer): Turn {
  return async (count, isWhole) => {
    const now = new Date()
    const events = Array.from({ length: count }, () => draftEvent(parties, now))
    await inTx(db, (tx) => enqueueEvents(tx, events))
    const claimed = await claim(count, isWhole)
    const progress = claimed.lanes.map((lane) => progressOf(lane, claimed, now))
    await inTx(db, async (tx) => {
      await lockLanes(tx, progress)
      await recordLanes(tx, progress, now)
    })
    return claimed.ms
  }
}

/** All of it acknowledged. */
function progressOf({ endpoint, subject, tail }: LaneClaim, { token }: TimedClaim, at: Date) {
  const healthy = { attempt: 0, failingSince: null, failedAt: null, replay: null }
  return { endpoint, subject, token, acked: tail, ackedAt: at, dueAt: at, ...healthy }
}

function draftEvent({ publisher, merchant }: Parties, at: Date): NewEvent {
  return {
    id: newId('hook'),
    subject: randomUUID(),
    sequence: 1,
    at,
    organization: publisher.number,
    type: 'segment-change',
    merchant,
    previous: 'new',
    current: 'active',
    cause: 'order',
    period: 1,
    blob: null,
  }
}
