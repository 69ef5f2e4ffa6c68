import pg from 'pg'
import { assertOrder, rateOf } from './bare-loop.ts'
import type { Webhook } from './bare-loop.ts'
import { startProgram } from './program.ts'
import type { QueueJob } from './queue.ts'
import { QUEUES } from './queues.ts'
import type { QueueName } from './queues.ts'
import type { Arrival, Receiver } from './receiver.ts'

/** Deliveries a second by dispatchers that are made of queues. */
export type QueueRates = Record<QueueName, number>

interface QueueRun {
  /** A database of its own. */
  place: { DATABASE_URL: string }
  receiver: Receiver
}

/** A queue's dispatcher, at rest. */
export interface QueueStage {
  /** Puts jobs in line. */
  fill(sets: Iterable<QueueJob[]>): Promise<void>
  /** Works on them until so many came, or the time is over; answers how many that were a second. */
  drain(until: { count: number; withinMs?: number }): Promise<number>
  rest(): Promise<void>
  stop(): Promise<void>
}

export async function startQueue(
  name: QueueName,
  { place, receiver }: QueueRun,
): Promise<QueueStage> {
  const url = place.DATABASE_URL
  const queue = QUEUES[name]
  await queue.install(url)
  const env = { DATABASE_URL: url, QUEUE: name, TARGET: `${receiver.url}/hook` }
  const program = await startProgram('./queue-program.ts', { env })
  const tell = async (word: 'drain' | 'rest'): Promise<void> => {
    await fetch(`${program.url}/${word}`, { method: 'POST' })
  }
  return {
    async fill(sets) {
      await queue.add(url, sets)
      await tidyUp(url)
    },
    async drain({ count, withinMs }) {
      const begunAt = process.hrtime.bigint()
      await tell('drain')
      const arrivals = await receiver.take(count, withinMs)
      assertOrder(arrivals)
      return rateOf(begunAt, arrivals)
    },
    rest: () => tell('rest'),
    async stop() {
      await program.stop()
      await endWork(url)
    },
  }
}

/** As autovacuum would have done by and by: plans rest on it. */
async function tidyUp(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('vacuum (analyze)')
  await client.end()
}

/** PostgreSQL finishes statements that nobody waits for any more, beside whatever is measured next. */
async function endWork(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`)
  await client.end()
}

/** The events that these requests told of, in the sets in which they happened: one a customer in each. */
export function jobsOf(arrivals: Arrival[]): QueueJob[][] {
  const sets: QueueJob[][] = []
  for (const { body } of arrivals) {
    const { request_id: _, ...message } = JSON.parse(body) as Webhook & { request_id: string }
    const { customer_id: key, sequence } = message
    const set = (sets[sequence - 1] ??= [])
    set.push({ key, sequence, message })
  }
  return sets
}
