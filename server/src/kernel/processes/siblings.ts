import cluster from 'node:cluster'
import { AggregatorRegistry } from 'prom-client'
import type { Registry } from 'prom-client'
import { unavailable } from '../problem.ts'
import { isMessage } from './message.ts'
import type { CountedMetric, SiblingMessage } from './message.ts'

/** The processes that serve beside this one, as it reaches them: through the primary. */
export interface Siblings {
  /** The metrics of all. @throws Problem 503 where the primary does not answer */
  metrics(): Promise<string>
  /** From now on this process answers calls, and is asked for what it counted. */
  serve(registry: Registry): void
  /** Called when this process is asked to stop. */
  onStop(stop: () => void): void
}

// The primary waits for a process that does not answer, for less than this.
const ANSWER_MS = 5_000

/** The process of a worker; undefined where it is the only one. */
export function findSiblings(): Siblings | undefined {
  if (!cluster.isWorker) return undefined
  const waiting = new Map<number, (metrics: CountedMetric[]) => void>()
  let asked = 0
  let registry: Registry | undefined
  let stop = (): void => undefined
  const send = (message: SiblingMessage): void => {
    // Without a primary this process is about to end.
    if (process.connected) process.send?.(message)
  }

  async function tell(question: number): Promise<void> {
    if (!registry) return
    send({ kind: 'counted', question, metrics: await registry.getMetricsAsJSON() })
  }

  process.on('message', (sent) => {
    if (!isMessage(sent)) return
    if (sent.kind === 'stop') stop()
    // Asked again, it tells then.
    else if (sent.kind === 'tell') tell(sent.question).catch(() => undefined)
    else if (sent.kind === 'counted') waiting.get(sent.question)?.(sent.metrics)
  })

  async function ask(): Promise<CountedMetric[]> {
    const question = ++asked
    const { promise, resolve, reject } = Promise.withResolvers<CountedMetric[]>()
    waiting.set(question, resolve)
    const timer = setTimeout(() => {
      reject(unavailable('The processes could not be asked for their metrics.'))
    }, ANSWER_MS)
    send({ kind: 'sum', question })
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      waiting.delete(question)
    }
  }

  return {
    metrics: async () => AggregatorRegistry.aggregate([await ask()]).metrics(),
    serve(own) {
      registry = own
      send({ kind: 'serving' })
    },
    onStop(asked) {
      stop = asked
    },
  }
}
