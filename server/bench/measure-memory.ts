import { setTimeout as pause } from 'node:timers/promises'
import { runLoad } from './load.ts'
import type { Stage } from './stage.ts'

/** What the process occupies, in megabytes. */
export interface Memory {
  rss: number
  heap: number
}

export interface MemoryCourse {
  /** The most of the first third, in which all is warm already, and of the last. */
  before: Memory
  after: Memory
  customers: number
}

const CONNECTIONS = 64
const SAMPLE_MS = 500

/** Reports customers for a while and watches what the server occupies, by its own metrics. */
export async function measureMemory(stage: Stage, ms: number): Promise<MemoryCourse> {
  const samples: Memory[] = []
  const isOver = new AbortController()
  const watching = watch(stage.url, samples, isOver.signal)
  const { perSecond } = await runLoad({
    url: stage.url,
    connections: CONNECTIONS,
    warmMs: 0,
    measureMs: ms,
    next: stage.traffic.reportCustomer,
  })
  isOver.abort()
  await watching
  const third = Math.ceil(samples.length / 3)
  return {
    before: most(samples.slice(0, third)),
    after: most(samples.slice(-third)),
    customers: Math.round((perSecond * ms) / 1000),
  }
}

async function watch(url: string, samples: Memory[], isOver: AbortSignal): Promise<void> {
  while (!isOver.aborted) {
    const text = await (await fetch(`${url}/metrics`)).text()
    const read = (name: string): number =>
      Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]) / 2 ** 20
    samples.push({
      rss: read('process_resident_memory_bytes'),
      heap: read('nodejs_heap_size_used_bytes'),
    })
    await pause(SAMPLE_MS)
  }
}

function most(samples: Memory[]): Memory {
  return {
    rss: Math.max(...samples.map(({ rss }) => rss)),
    heap: Math.max(...samples.map(({ heap }) => heap)),
  }
}
