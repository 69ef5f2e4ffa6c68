import { medianOf, runLoad, sendAll } from './load.ts'
import type { Load } from './load.ts'
import type { Line } from './line.ts'
import type { ProgramOptions } from './program.ts'
import { startStage } from './stage.ts'
import type { Place, Stage } from './stage.ts'

/** What as many processes as that serve, on one port and one database. */
export interface CoreLoads {
  processes: number
  /** GET of a customer, and POST of one. */
  reads: Load
  customers: Load
}

export interface CoreExtent {
  rounds: number
  roundMs: number
  warmMs: number
}

const CONNECTIONS = 64
const KNOWN_CUSTOMERS = 5_000

/**
 * The same calls at one process and at two, each on a database of its own; they take turns, so that whatever else the
 * machine does meets both. The median round of each.
 */
export async function measureProcesses(
  places: { one: Place; two: Place },
  { rounds, roundMs, warmMs }: CoreExtent,
  options: ProgramOptions,
): Promise<CoreLoads[]> {
  await using things = new AsyncDisposableStack()
  const start = async (place: Place, processes: number): Promise<Stage> => {
    const env = { NEWCOMER_PROCESSES: String(processes) }
    const stage = await startStage('../src/main.ts', place, { ...options, env })
    things.adopt(stage, (each) => each.stop())
    const reports = Array.from({ length: KNOWN_CUSTOMERS }, stage.traffic.reportCustomer)
    await sendAll(stage.url, CONNECTIONS, reports)
    return stage
  }
  const stages = [await start(places.one, 1), await start(places.two, 2)]
  const loads = stages.map(() => ({ reads: [] as Load[], customers: [] as Load[] }))
  for (let round = 0; round < rounds; round++) {
    for (const [index, { url, traffic }] of stages.entries()) {
      const load = { url, warmMs, measureMs: roundMs, connections: CONNECTIONS }
      loads[index]?.reads.push(await runLoad({ ...load, next: traffic.readCustomer }))
      loads[index]?.customers.push(await runLoad({ ...load, next: traffic.reportCustomer }))
    }
  }
  return loads.map(({ reads, customers }, index) => ({
    processes: index + 1,
    reads: medianOf(reads),
    customers: medianOf(customers),
  }))
}

export function coreLines(all: readonly CoreLoads[]): Line[] {
  const [one] = all
  const line = (name: string, { perSecond, ...times }: Load, over: Load | undefined): Line => {
    const ratio = perSecond / (over?.perSecond ?? perSecond)
    return {
      name,
      rate: perSecond,
      ...times,
      ratios: over ? [`${ratio.toFixed(2)} × one process`] : [],
    }
  }
  return all.flatMap(({ processes, reads, customers }) => {
    const by = `by ${processes} process${processes === 1 ? '' : 'es'}`
    const over = processes === 1 ? undefined : one
    return [
      line(`reads ${by}`, reads, over?.reads),
      line(`customers ${by}`, customers, over?.customers),
    ]
  })
}
