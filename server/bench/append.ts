import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Parties } from './seed-backlog.ts'

/** Events that are to happen at a steady rate. */
export interface AppendRequest {
  /** Of the database. */
  url: string
  parties: Parties
  /** Keys of customers, who take turns. */
  customers: string[]
  /** How many events of each happened before. */
  happened: number
  perSecond: number
  seconds: number
}

/** What was appended, and when each was handed over, in nanoseconds of the machine's monotonic clock. */
export interface Appended {
  ids: string[]
  at: BigInt64Array
}

/** Appends events as the domain does, on a thread with a pool of its own. */
export async function appendEvenly(request: AppendRequest): Promise<Appended> {
  const file = new URL('append-thread.ts', import.meta.url)
  const worker = new Worker(file, { workerData: request })
  const [appended] = (await once(worker, 'message')) as [Appended]
  await worker.terminate()
  return appended
}
