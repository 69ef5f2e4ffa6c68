import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database } from '../src/kernel/database/database.ts'
import { INITIAL_PREFETCH } from '../src/webhooks/dispatch/endpoint-queue.ts'
import { assertOrder, rateOf, sendBare } from './bare-loop.ts'
import { createClaimer } from './claimer.ts'
import { openConnection } from './connection.ts'
import { quantiles } from './load.ts'
import { listenIn } from './measure-deliveries.ts'
import type { Drained, Hearing, QueuePlaces, Rates } from './measure-deliveries.ts'
import { startQueue } from './measure-queues.ts'
import type { QueueStage } from './measure-queues.ts'
import { askOnce } from './network.ts'
import type { ProgramOptions } from './program.ts'
import type { QueueJob } from './queue.ts'
import { QUEUE_NAMES } from './queues.ts'
import type { QueueName } from './queues.ts'
import { startReceiver } from './receiver.ts'
import { readParties, seedBacklog } from './seed-backlog.ts'
import { openPlace, startServer } from './stage.ts'

export interface Times {
  p50Ms: number
  p99Ms: number
}

/** What a webhook with very many waiting lanes costs. */
export interface BacklogResults {
  drained: Drained
  claim: Times
  /** Of the first resume, when a tenth of the lanes has failed and waits. */
  firstResumeMs: number
  pause: Times
  resume: Times
}

export interface BacklogExtent {
  lanes: number
  /** Their rate is that of so many, or of what came in this time: the backlog is never worked off. */
  deliveries: number
  withinMs: number
}

// What is claimed ahead of what was measured is sent too, and so is all that comes while the webhook is paused
// and resumed.
const REAL_CUSTOMERS = 150_000
// A webhook pauses itself when more of its last hour's events fail.
const FAILING_PERCENT = 10
const TURNS = 20
const CLAIMS = 100

export async function measureBacklog(
  place: { DATABASE_URL: string },
  queuePlaces: QueuePlaces,
  extent: BacklogExtent,
  options: ProgramOptions,
): Promise<BacklogResults> {
  await using things = new AsyncDisposableStack()
  const keep = <T extends { stop(): Promise<void> }>(thing: T): T =>
    things.adopt(thing, (each) => each.stop())
  const receiver = keep(await startReceiver())
  const server = keep(await startServer('../src/main.ts', place, options))
  const hearing = await listenIn(server.url, receiver)
  const database = await openPlace(place)
  things.defer(() => database.close())
  const queues: [QueueName, QueueStage][] = []
  for (const name of QUEUE_NAMES) {
    queues.push([name, keep(await startQueue(name, { place: queuePlaces[name], receiver }))])
  }
  await turn(hearing, 'pause')
  const filled = queues.map(([, stage]) => stage.fill(manyJobs(extent.lanes)))
  await Promise.all([seed(database, hearing, extent), ...filled])
  await sql`checkpoint`.execute(database.db)
  const { perSecond, arrivals, firstResumeMs } = await drain(hearing, extent)
  const turns = await measureTurns(hearing)
  await server.stop()
  const claim = await measureClaims(database, hearing)
  // What came meanwhile was not what is measured.
  await receiver.take(0)
  const rates: Rates = { perSecond, barePerSecond: await sendBare(receiver, arrivals) }
  for (const [name, stage] of queues) {
    rates[name] = await stage.drain({ count: extent.deliveries, withinMs: extent.withinMs })
    await stage.stop()
    await receiver.take(0)
  }
  return { drained: { lanes: extent.lanes, ...rates }, claim, firstResumeMs, ...turns }
}

async function seed(
  database: Database,
  { network, webhook }: Hearing,
  { lanes }: BacklogExtent,
): Promise<void> {
  const parties = await readParties(database, network)
  const backlog = { lanes, real: REAL_CUSTOMERS, failingPercent: FAILING_PERCENT }
  await seedBacklog(database, { parties, webhook, ...backlog })
}

async function drain(hearing: Hearing, { deliveries, withinMs }: BacklogExtent) {
  const resumedAt = process.hrtime.bigint()
  await turn(hearing, 'resume')
  const firstResumeMs = Number(process.hrtime.bigint() - resumedAt) / 1e6
  const arrivals = await hearing.receiver.take(deliveries, withinMs)
  await turn(hearing, 'pause')
  assertOrder(arrivals)
  return { perSecond: rateOf(resumedAt, arrivals), arrivals, firstResumeMs }
}

function turn({ url, network, webhook }: Hearing, word: 'pause' | 'resume'): Promise<string> {
  return askOnce(url, network.publisher.write.post(`/v1/webhooks/${webhook}/${word}`, {}))
}

/** Resumes and pauses the webhook again and again; it is resumed in the end. */
async function measureTurns({ url, network, webhook }: Hearing) {
  const connection = openConnection(url)
  const times = { resume: [] as number[], pause: [] as number[] }
  const ask = async (word: 'pause' | 'resume'): Promise<void> => {
    const sentAt = performance.now()
    await connection.ask(network.publisher.write.post(`/v1/webhooks/${webhook}/${word}`, {}))
    times[word].push(performance.now() - sentAt)
    // Until its worker has noticed, and is at work or has let go.
    await pause(200)
  }
  try {
    for (let count = 0; count < TURNS; count++) {
      await ask('resume')
      await ask('pause')
    }
    await ask('resume')
  } finally {
    connection.close()
  }
  return { resume: quantiles(times.resume), pause: quantiles(times.pause) }
}

/**
 * The server's own claim, of as many lanes as it takes of a webhook that it does not know yet, and as many
 * of those that failed before the webhook was resumed and wait.
 */
async function measureClaims(database: Database, { webhook }: Hearing): Promise<Times> {
  await sql`
    update lanes set due_at = now() + interval '1 hour' where attempt > 0`.execute(database.db)
  await sql`checkpoint`.execute(database.db)
  const claim = await createClaimer(database, webhook)
  const times: number[] = []
  for (let count = 0; count < CLAIMS; count++) times.push((await claim(INITIAL_PREFETCH)).ms)
  // The first ones prepare their statements.
  return quantiles(times.slice(CLAIMS / 10))
}

const SET = 10_000

/** An event each of so many customers, as webhooks tell of them. */
function* manyJobs(count: number): Generator<QueueJob[]> {
  const segment = { id: 'segment-0123456789abcdef', organization_id: 'org-0123456789abcdef' }
  const segments = {
    previous: [{ ...segment, name: 'new' }],
    current: [{ ...segment, name: 'active' }],
  }
  const told = { timestamp: new Date().toISOString(), sequence: 1, cause: 'order' }
  const type = 'segment-change'
  for (let from = 0; from < count; from += SET) {
    yield Array.from({ length: Math.min(SET, count - from) }, (_, index) => {
      const number = from + index
      const key = `seeded-${number}`
      const id = `hook-${number.toString(16).padStart(16, '0')}`
      const members = { type, customer_id: key, segments, ...told }
      return { key, sequence: 1, message: { id, event_type: type, ...members, data: members } }
    })
  }
}
