import { setTimeout as pause } from 'node:timers/promises'
import { appendEvenly } from './append.ts'
import { quantiles } from './load.ts'
import type { Times } from './measure-backlog.ts'
import { listenIn } from './measure-deliveries.ts'
import { askOnce, createNetwork, subscribe } from './network.ts'
import type { ProgramOptions } from './program.ts'
import { startReceiver } from './receiver.ts'
import type { Receiver } from './receiver.ts'
import { readParties, seedBacklog, seedCustomers } from './seed-backlog.ts'
import type { Parties } from './seed-backlog.ts'
import { openPlace, startServer } from './stage.ts'

/** From an event to its arrival, at a steady rate. */
export interface LiveTimes extends Times {
  perSecond: number
}

export interface LiveExtent {
  perSecond: number
  seconds: number
}

export interface FairExtent {
  /** That wait at the webhook that does not answer. */
  lanes: number
  seconds: number
}

/** Of a webhook that answers at once. */
export interface FairTimes {
  perSecond: number
  alone: Times
  /** While another organization's webhook with very many lanes does not answer. */
  beside: Times
}

type Place = { DATABASE_URL: string }

// So many that each waits for its own next event for seconds.
const CUSTOMERS = 20_000
const WARM: LiveExtent = { perSecond: 500, seconds: 3 }
// What was appended last has this long to arrive.
const LATEST_MS = 30_000

/** Events at one rate after another, from when each is handed over to be written to its arrival. */
export async function measureLive(
  place: Place,
  extents: LiveExtent[],
  options: ProgramOptions,
): Promise<LiveTimes[]> {
  return withListener(place, options, async ({ live }) => {
    const times: LiveTimes[] = []
    for (const extent of extents)
      times.push({ perSecond: extent.perSecond, ...(await live(extent)) })
    return times
  })
}

const FAIR_PER_SECOND = 200
// Longer than a webhook may take.
const SILENCE_MS = 30_000
// Of those that are attempted; there are not many who can be in that time.
const REAL_CUSTOMERS = 5_000

/**
 * Events of one organization, first alone and then beside a webhook of another that has very many lanes
 * waiting and answers too late, always. It would pause itself at its first failures; it is resumed each
 * second.
 */
export async function measureFairness(
  place: Place,
  { lanes, seconds }: FairExtent,
  options: ProgramOptions,
): Promise<FairTimes> {
  const silent = await startReceiver({ answerAfterMs: SILENCE_MS, isBrief: true })
  try {
    return await withListener(place, options, async ({ url, live }) => {
      const network = await createNetwork(url, 1)
      const webhook = await subscribe(url, network.publisher, `${silent.url}/hook`)
      const turn = (word: 'pause' | 'resume') =>
        askOnce(url, network.publisher.write.post(`/v1/webhooks/${webhook}/${word}`, {}))
      await turn('pause')
      const database = await openPlace(place)
      try {
        const parties = await readParties(database, network)
        const real = REAL_CUSTOMERS
        await seedBacklog(database, { parties, webhook, lanes, real, failingPercent: 0 })
      } finally {
        await database.close()
      }
      const load = { perSecond: FAIR_PER_SECOND, seconds }
      const alone = await live(load)
      const isOver = new AbortController()
      const resuming = repeat(() => turn('resume'), isOver.signal)
      const beside = await live(load)
      isOver.abort()
      await resuming
      return { perSecond: FAIR_PER_SECOND, alone, beside }
    })
  } finally {
    await silent.stop()
  }
}

async function repeat(work: () => Promise<unknown>, isOver: AbortSignal): Promise<void> {
  while (!isOver.aborted) {
    await work()
    await pause(1_000)
  }
}

interface Listener {
  url: string
  /** Appends events and answers how long each took to arrive. */
  live(extent: LiveExtent): Promise<Times>
}

/** A server with a webhook that answers at once, and customers of whom it hears; warm. */
async function withListener<T>(
  place: Place,
  options: ProgramOptions,
  work: (listener: Listener) => Promise<T>,
): Promise<T> {
  const receiver = await startReceiver({ isBrief: true })
  const server = await startServer('../src/main.ts', place, options)
  try {
    const { network } = await listenIn(server.url, receiver)
    const database = await openPlace(place)
    const parties = await readParties(database, network)
    const customers = await seedCustomers(database, parties, CUSTOMERS)
    await database.close()
    const live = createLive({ place, receiver, parties, customers })
    await live(WARM)
    return await work({ url: server.url, live })
  } finally {
    await server.stop()
    await receiver.stop()
  }
}

interface LiveParts {
  place: Place
  receiver: Receiver
  parties: Parties
  customers: string[]
}

function createLive({ place, receiver, parties, customers }: LiveParts): Listener['live'] {
  let happened = 0
  return async ({ perSecond, seconds }) => {
    const total = perSecond * seconds
    const request = { url: place.DATABASE_URL, parties, customers, happened, perSecond, seconds }
    const { ids, at } = await appendEvenly(request)
    happened += Math.ceil(total / customers.length)
    const arrivals = await receiver.take(total, LATEST_MS)
    const arrivedAt = new Map(arrivals.map((arrival) => [arrival.body.slice(7), arrival.at]))
    const times = ids.map((id, index) => {
      const arrived = arrivedAt.get(id)
      // Later than that, if ever.
      return arrived === undefined ? LATEST_MS : Number(arrived - (at[index] ?? 0n)) / 1e6
    })
    return quantiles(times)
  }
}
