import { AggregatorRegistry } from 'prom-client'
import type { CountedMetric } from './message.ts'

/** Sums what processes counted, however they are asked and whenever they end. */
export interface MetricSum {
  /** What the process has counted until now. */
  update(process: number, metrics: CountedMetric[]): void
  /**
   * It has ended. What it counted since it was last asked is lost; the rest stays in the sums, which would else go
   * down, and look like a process that began anew.
   */
  end(process: number): void
  sum(): Promise<CountedMetric[]>
}

export function createMetricSum(): MetricSum {
  const latest = new Map<number, CountedMetric[]>()
  let ended: CountedMetric[] = []
  let ending = Promise.resolve()
  const add = (all: CountedMetric[][]): Promise<CountedMetric[]> =>
    AggregatorRegistry.aggregate(all).getMetricsAsJSON()

  return {
    update(process, metrics) {
      latest.set(process, metrics)
    },
    end(process) {
      const its = latest.get(process)
      latest.delete(process)
      if (!its) return
      ending = ending.then(async () => {
        ended = await add([ended, its.filter(({ type }) => isCumulative(String(type)))])
      })
    },
    async sum() {
      await ending
      return add([...latest.values(), ended])
    },
  }
}

const isCumulative = (type: string): boolean => ['counter', 'histogram'].includes(type)
