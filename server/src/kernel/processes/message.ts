import type { Registry } from 'prom-client'

/** A metric with its values, as one process counted it. */
export type CountedMetric = Awaited<ReturnType<Registry['getMetricsAsJSON']>>[number]

/** What the processes of one machine tell each other: the primary its workers, and they it. */
export type SiblingMessage =
  /** Of a worker: it answers calls from now on. */
  | { kind: 'serving' }
  /** Of the primary: answer what is under way, put down all work, and end. */
  | { kind: 'stop' }
  /** Of a worker: what have all counted? */
  | { kind: 'sum'; question: number }
  /** Of the primary: what have you counted? */
  | { kind: 'tell'; question: number }
  /** The answer to either. */
  | { kind: 'counted'; question: number; metrics: CountedMetric[] }

const KINDS = ['serving', 'stop', 'sum', 'tell', 'counted']

/** Other things go over the same channel, such as the messages of libraries. */
export function isMessage(sent: unknown): sent is SiblingMessage {
  const kind = typeof sent === 'object' && sent !== null && 'kind' in sent ? sent.kind : undefined
  return typeof kind === 'string' && KINDS.includes(kind)
}
