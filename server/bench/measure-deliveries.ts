import { Agent } from 'undici'
import { quantiles, runOpenLoop, sendAll } from './load.ts'
import { askOnce, createNetwork, subscribe } from './network.ts'
import type { Network } from './network.ts'
import type { Arrival, Receiver } from './receiver.ts'
import { orderOf, reportOf } from './traffic.ts'

// Each customer becomes active at each of them: five events that must arrive in their order.
export const EVENTS_A_CUSTOMER = 5
// As many as the server sends to one endpoint at once.
const SENDING = 32
const CONNECTIONS = 128
export const ORDERS_A_SECOND = 200

export interface Deliveries {
  perSecond: number
  barePerSecond: number
}

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
 * Lets events pile up at a paused webhook and resumes it: the time from there to the last arrival.
 * Then the same requests, signed already, are sent by a bare loop of the same HTTP client.
 */
export async function measureDeliveries(hearing: Hearing, count: number): Promise<Deliveries> {
  const { url, receiver, network, webhook } = hearing
  const { publisher, merchants } = network
  await askOnce(url, publisher.write.post(`/v1/webhooks/${webhook}/pause`, {}))
  const people = Array.from({ length: count / EVENTS_A_CUSTOMER }, (_, index) => `heard-${index}`)
  await report(hearing, people)
  for (const merchant of merchants) {
    const orders = people.map((person) => orderOf(merchant, person, person, person))
    await sendAll(url, CONNECTIONS, orders)
  }
  const resumedAt = process.hrtime.bigint()
  await askOnce(url, publisher.write.post(`/v1/webhooks/${webhook}/resume`, {}))
  const arrivals = await receiver.take(count)
  assertOrder(arrivals)
  const perSecond = rate(count, resumedAt, arrivals)
  return { perSecond, barePerSecond: await sendBare(receiver, arrivals) }
}

async function report({ url, network }: Hearing, people: string[]): Promise<void> {
  const reports = people.map((person) => reportOf(network.publisher, person, person))
  await sendAll(url, CONNECTIONS, reports)
}

interface Webhook {
  customer_id: string
  sequence: number
}

/** A fast delivery in the wrong order would be worth nothing. */
function assertOrder(arrivals: Arrival[]): void {
  const last = new Map<string, number>()
  for (const { body } of arrivals) {
    const { customer_id: customer, sequence } = JSON.parse(body) as Webhook
    if (sequence !== (last.get(customer) ?? 0) + 1) {
      throw new Error(`event ${sequence} of ${customer} came after ${last.get(customer)}`)
    }
    last.set(customer, sequence)
  }
}

function rate(count: number, since: bigint, arrivals: Arrival[]): number {
  const last = arrivals.at(-1)?.at ?? since
  return count / (Number(last - since) / 1e9)
}

// What the HTTP client writes by itself.
const OWN_HEADERS = new Set(['host', 'connection', 'content-length'])

async function sendBare(receiver: Receiver, arrivals: Arrival[]): Promise<number> {
  const agent = new Agent({ pipelining: 1, connections: null })
  const requests = arrivals.map(({ path, headers, body }) => ({
    origin: receiver.url,
    path,
    method: 'POST' as const,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN_HEADERS.has(name))),
    body: Buffer.from(body),
  }))
  let next = 0
  async function work(): Promise<void> {
    for (let request = requests[next++]; request; request = requests[next++]) {
      const answer = await agent.request(request)
      await answer.body.dump()
    }
  }
  const begunAt = process.hrtime.bigint()
  await Promise.all(Array.from({ length: SENDING }, work))
  const sent = await receiver.take(requests.length)
  await agent.destroy()
  return rate(requests.length, begunAt, sent)
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
