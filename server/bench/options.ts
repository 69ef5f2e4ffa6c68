import { parseArgs } from 'node:util'
import type { BacklogExtent } from './measure-backlog.ts'
import type { BloatExtent } from './measure-bloat.ts'
import type { DrainExtent } from './measure-deliveries.ts'
import type { ImportExtent } from './measure-imports.ts'
import type { FairExtent, LiveExtent } from './measure-live.ts'
import type { CoreExtent } from './measure-processes.ts'

export const ROUTE_MEASUREMENTS = [
  'customers',
  'ungathered',
  'reads',
  'orders',
  'commissions',
  'offers',
] as const

export const MEASUREMENTS = [
  ...ROUTE_MEASUREMENTS,
  // All of the five behind it.
  'deliveries',
  'queues',
  'backlog',
  'live',
  'fairness',
  'bloat',
  'arrival',
  'memory',
  'clicks',
  'lists',
  'imports',
  'neighbour',
  'greedy',
  'tab',
  'dashboards',
  'pages',
  'processes',
] as const
export type Measurement = (typeof MEASUREMENTS)[number]

/** How much is measured. */
export interface Extent {
  /** Routes take turns, so that whatever else the machine does meets all of them. */
  rounds: number
  roundMs: number
  /** Before the first round of a route: until its code is compiled. */
  warmMs: number
  drain: DrainExtent
  /** What several processes take part in: the embedded database has one. */
  shared: SharedExtent | undefined
  arrivalSeconds: number
  memoryMs: number
  /** Of offers at half load. */
  pacedSeconds: number
  clickSeconds: number
  /** That are listed, and looked at by pages; these have as many customers. */
  transactions: number
  imports: ImportExtent
  neighbourSeconds: number
  /** Of the list that a browser's tab sends; most of that is the browser's work, whatever the database. */
  tabRows: number | undefined
  /** Of reports beside open dashboards, and without. */
  dashboardSeconds: number
}

export interface SharedExtent {
  processes: CoreExtent
  backlog: BacklogExtent
  live: LiveExtent[]
  fairness: FairExtent
  bloat: BloatExtent
}

export interface Options {
  only: Measurement | undefined
  postgres: Extent
  pglite: Extent
  /** A folder for CPU profiles of the servers. */
  profile: string | undefined
}

const FULL: Pick<Options, 'postgres' | 'pglite'> = {
  postgres: {
    rounds: 3,
    roundMs: 3_500,
    warmMs: 3_000,
    drain: { customers: 1_000, rounds: 3 },
    shared: {
      processes: { rounds: 3, roundMs: 5_000, warmMs: 2_000 },
      backlog: { lanes: 1_000_000, deliveries: 60_000, withinMs: 30_000 },
      live: [
        { perSecond: 500, seconds: 30 },
        { perSecond: 2_000, seconds: 60 },
      ],
      fairness: { lanes: 100_000, seconds: 15 },
      bloat: { lanes: 1_000_000, withinMs: 90_000 },
    },
    arrivalSeconds: 20,
    memoryMs: 30_000,
    pacedSeconds: 8,
    clickSeconds: 10,
    transactions: 1_000_000,
    imports: { rows: 5_000_000, copied: 1_000_000, rowByRow: 3_000, besideSeconds: 15 },
    neighbourSeconds: 30,
    tabRows: 1_000_000,
    dashboardSeconds: 15,
  },
  pglite: {
    rounds: 1,
    roundMs: 3_000,
    warmMs: 2_000,
    drain: { customers: 1_000, rounds: 1 },
    shared: undefined,
    arrivalSeconds: 20,
    memoryMs: 10_000,
    pacedSeconds: 5,
    clickSeconds: 10,
    transactions: 100_000,
    imports: { rows: 200_000, copied: 0, rowByRow: 1_000, besideSeconds: 8 },
    neighbourSeconds: 20,
    tabRows: undefined,
    dashboardSeconds: 10,
  },
}

const QUICK: Pick<Options, 'postgres' | 'pglite'> = {
  postgres: {
    rounds: 1,
    roundMs: 1_500,
    warmMs: 1_000,
    drain: { customers: 1_000, rounds: 1 },
    shared: {
      processes: { rounds: 3, roundMs: 1_500, warmMs: 500 },
      backlog: { lanes: 150_000, deliveries: 20_000, withinMs: 5_000 },
      live: [
        { perSecond: 500, seconds: 4 },
        { perSecond: 2_000, seconds: 4 },
      ],
      fairness: { lanes: 10_000, seconds: 12 },
      bloat: { lanes: 100_000, withinMs: 10_000 },
    },
    arrivalSeconds: 4,
    memoryMs: 3_000,
    pacedSeconds: 3,
    clickSeconds: 3,
    transactions: 100_000,
    imports: { rows: 300_000, copied: 300_000, rowByRow: 1_000, besideSeconds: 6 },
    neighbourSeconds: 10,
    tabRows: 300_000,
    dashboardSeconds: 5,
  },
  pglite: {
    rounds: 1,
    roundMs: 1_000,
    warmMs: 500,
    drain: { customers: 200, rounds: 1 },
    shared: undefined,
    arrivalSeconds: 3,
    memoryMs: 2_000,
    pacedSeconds: 2,
    clickSeconds: 3,
    transactions: 20_000,
    imports: { rows: 30_000, copied: 0, rowByRow: 300, besideSeconds: 3 },
    neighbourSeconds: 10,
    tabRows: undefined,
    dashboardSeconds: 5,
  },
}

const USAGE = `npm run bench -- [--quick] [--only ${MEASUREMENTS.join('|')}] [--profile <folder>]`

/** Throws a sentence for whoever mistyped. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean' },
      only: { type: 'string' },
      profile: { type: 'string' },
    },
  })
  const only = MEASUREMENTS.find((name) => name === values.only)
  if (values.only !== undefined && !only) throw new Error(`Usage: ${USAGE}`)
  return { only, profile: values.profile, ...(values.quick ? QUICK : FULL) }
}
