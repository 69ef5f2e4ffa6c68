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

/** Answers 204 to everything, at once, and remembers it. */
export interface Receiver {
  url: string
  /** Resolves once so many came since the last call, with all of them. */
  take(count: number): Promise<Arrival[]>
  stop(): Promise<void>
}

// Ten times what the slowest of its uses takes.
const PATIENCE_MS = 120_000

export async function startReceiver(): Promise<Receiver> {
  const worker = new Worker(new URL('receiver-thread.ts', import.meta.url))
  const [url] = (await once(worker, 'message')) as [string]
  return {
    url,
    async take(count) {
      worker.postMessage(count)
      const signal = AbortSignal.timeout(PATIENCE_MS)
      const [arrivals] = (await once(worker, 'message', { signal })) as [Arrival[]]
      return arrivals
    },
    async stop() {
      await worker.terminate()
    },
  }
}
