import { assertOrder, rateOf, sendBare } from './bare-loop.ts'
import type { Webhook } from './bare-loop.ts'
import { jobsOf, startQueue } from './measure-queues.ts'
import type { QueueStage } from './measure-queues.ts'
import { quantiles, runOpenLoop, sendAll } from './load.ts'
import { askOnce, createNetwork, subscribe } from './network.ts'
import type { Network } from './network.ts'
import { QUEUE_NAMES } from './queues.ts'
import type { QueueName } from './queues.ts'
import type { Receiver } from './receiver.ts'
import { orderOf, reportOf } from './traffic.ts'

// Each customer becomes active at each of them: five events that must arrive in their order.
export const EVENTS_A_CUSTOMER = 5
const CONNECTIONS = 128
export const ORDERS_A_SECOND = 200

/** Deliveries a second; queues only where they were asked. */
export interface Rates extends Partial<Record<QueueName, number>> {
  perSecond: number
  barePerSecond: number
}

/** How fast a backlog is worked off. */
export interface Drained extends Rates {
  lanes: number
}

export interface DrainExtent {
  /** A lane each, with five events. */
  customers: number
  rounds: number
}

/** A database for each queue. */
export type QueuePlaces = Record<QueueName, { DATABASE_URL: string }>

/** What is delivered to, and who hears. */
export interface Hearing {
  url: string
  receiver: Receiver
  network: Network
  webhook: string
}

export async function listenIn(url: string, receiver: Receiver): Promise<Hearing> {
  const network = await createNetwork(url, EVENTS_A_CUSTOMER)
  const webhook = await subscribe(url, network.publisher, `${receiver.url}/hook`)
  return { url, receiver, network, webhook }
}

/**
 * Lets events pile up at a paused webhook and resumes it: the time from there to the last arrival. Then
 * the same requests, signed already, are sent by a bare loop of the same HTTP client, and the same events
 * by dispatchers that are made of queues. All take turns.
 */
export async function measureDeliveries(
  hearing: Hearing,
  { customers, rounds }: DrainExtent,
  queuePlaces: QueuePlaces | undefined,
): Promise<Drained> {
  const { receiver } = hearing
  await using queues = new AsyncDisposableStack()
  const stages: [QueueName, QueueStage][] = []
  for (const name of QUEUE_NAMES) {
    if (!queuePlaces) break
    const stage = await startQueue(name, { place: queuePlaces[name], receiver })
    stages.push([name, queues.adopt(stage, (each) => each.stop())])
  }
  const rates: Rates[] = []
  for (let round = 0; round < rounds; round++) {
    const { perSecond, arrivals } = await drain(hearing, customers, round)
    const rate: Rates = { perSecond, barePerSecond: await sendBare(receiver, arrivals) }
    for (const [name, stage] of stages) {
      await stage.fill(jobsOf(arrivals))
      rate[name] = await stage.drain({ count: arrivals.length })
      await stage.rest()
    }
    rates.push(rate)
  }
  return { lanes: customers, ...medianOf(rates) }
}

async function drain(
  { url, receiver, network, webhook }: Hearing,
  customers: number,
  round: number,
) {
  const { publisher, merchants } = network
  await askOnce(url, publisher.write.post(`/v1/webhooks/${webhook}/pause`, {}))
  const people = Array.from({ length: customers }, (_, index) => `heard-${round}-${index}`)
  await report({ url, network }, people)
  for (const merchant of merchants) {
    const orders = people.map((person) => orderOf(merchant, person, person, person))
    await sendAll(url, CONNECTIONS, orders)
  }
  const resumedAt = process.hrtime.bigint()
  await askOnce(url, publisher.write.post(`/v1/webhooks/${webhook}/resume`, {}))
  const arrivals = await receiver.take(customers * EVENTS_A_CUSTOMER)
  assertOrder(arrivals)
  return { perSecond: rateOf(resumedAt, arrivals), arrivals }
}

/** Of each the median of its own rounds. */
function medianOf(rates: Rates[]): Rates {
  const names = Object.keys(rates[0] ?? {}) as (keyof Rates)[]
  const medians = names.map((name) => {
    const sorted = rates.map((rate) => rate[name] ?? 0).sort((a, b) => a - b)
    return [name, sorted[Math.floor(sorted.length / 2)]]
  })
  return Object.fromEntries(medians) as Rates
}

async function report(
  { url, network }: Pick<Hearing, 'url' | 'network'>,
  people: string[],
): Promise<void> {
  const reports = people.map((person) => reportOf(network.publisher, person, person))
  await sendAll(url, CONNECTIONS, reports)
}

export interface ArrivalTimes {
  p50Ms: number
  p99Ms: number
}

/**
 * Orders at a steady rate, each by a customer whom the publisher knows and hears of: the time from
 * when the order was due to be sent, which is stricter than from its answer, to the arrival of its
 * webhook.
 */
export async function measureArrival(hearing: Hearing, seconds: number): Promise<ArrivalTimes> {
  const { url, receiver, network } = hearing
  const [merchant] = network.merchants
  if (!merchant) throw new Error('orders need a merchant')
  const warm = Array.from({ length: ORDERS_A_SECOND }, (_, index) => `warm-${index}`)
  const people = Array.from({ length: seconds * ORDERS_A_SECOND }, (_, index) => `due-${index}`)
  await report(hearing, [...warm, ...people])
  const order = async (names: string[]) => {
    const requests = names.map((name) => orderOf(merchant, name, name, name))
    const { due } = await runOpenLoop({ url, requests, perSecond: ORDERS_A_SECOND })
    return { due, arrivals: await receiver.take(names.length) }
  }
  await order(warm)
  const { due, arrivals } = await order(people)
  const dueBy = new Map(people.map((person, index) => [person, due[index] ?? 0n]))
  const times = arrivals.map(({ at, body }) => {
    const { customer_id: customer } = JSON.parse(body) as Webhook
    const since = dueBy.get(customer)
    if (since === undefined) throw new Error(`a webhook came of ${customer}, who ordered nothing`)
    return Number(at - since) / 1e6
  })
  return quantiles(times)
}
