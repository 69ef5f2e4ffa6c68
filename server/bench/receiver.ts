import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** A request as it came. */
export interface Arrival {
  /** In nanoseconds of the machine's monotonic clock. */
  at: bigint
  path: string
  headers: Record<string, string>
  body: string
}

/** Answers 204 to everything and remembers it. */
export interface Receiver {
  url: string
  /** Resolves once so many came since the last call, or the time is over, with all of them. */
  take(count: number, withinMs?: number): Promise<Arrival[]>
  stop(): Promise<void>
}

export interface ReceiverOptions {
  /** How long it thinks about each request; it answers at once when absent. */
  answerAfterMs?: number
  /** Of each request it remembers when it came and the id with which its body begins, nothing else. */
  isBrief?: boolean
}

/** What the receiver's thread is asked for. */
export interface TakeRequest {
  count: number
  /** Absent: however long that takes. */
  withinMs?: number | undefined
}

// Ten times what the slowest of its uses takes.
const PATIENCE_MS = 120_000

export async function startReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const file = new URL('receiver-thread.ts', import.meta.url)
  const worker = new Worker(file, { workerData: options })
  const [url] = (await once(worker, 'message')) as [string]
  return {
    url,
    async take(count, withinMs) {
      worker.postMessage({ count, withinMs } satisfies TakeRequest)
      const signal = AbortSignal.timeout(PATIENCE_MS)
      const [arrivals] = (await once(worker, 'message', { signal })) as [Arrival[]]
      return arrivals
    },
    async stop() {
      await worker.terminate()
    },
  }
}
