import { Agent } from 'undici'
import { MAX_LIMIT } from '../src/webhooks/dispatch/concurrency-limit.ts'
import type { Arrival, Receiver } from './receiver.ts'

/** As many as the server sends to a fast endpoint at once. */
export const SENDING = MAX_LIMIT

// What the HTTP client writes by itself.
const OWN_HEADERS = new Set(['host', 'connection', 'content-length'])

/** Sends the same requests once more, signed already, in a bare loop of the same HTTP client. */
export async function sendBare(receiver: Receiver, arrivals: Arrival[]): Promise<number> {
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
  return rateOf(begunAt, sent)
}

/** How many a second came, from then to the last of them; 0 when none did. */
export function rateOf(since: bigint, arrivals: Arrival[]): number {
  const last = arrivals.at(-1)
  return last ? arrivals.length / (Number(last.at - since) / 1e9) : 0
}

/** What the body of a webhook says in any case. */
export interface Webhook {
  id: string
  customer_id: string
  sequence: number
}

/** A fast delivery in the wrong order would be worth nothing. */
export function assertOrder(arrivals: Arrival[]): void {
  const last = new Map<string, number>()
  for (const { body } of arrivals) {
    const { customer_id: customer, sequence } = JSON.parse(body) as Webhook
    if (sequence !== (last.get(customer) ?? 0) + 1) {
      throw new Error(`event ${sequence} of ${customer} came after ${last.get(customer)}`)
    }
    last.set(customer, sequence)
  }
}
