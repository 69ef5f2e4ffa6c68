import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startPostgres } from '../test/support/postgres.ts'
import type { Extent, Measurement, Options } from './options.ts'
import { readOptions, ROUTE_MEASUREMENTS } from './options.ts'
import { listenIn, measureArrival } from './measure-deliveries.ts'
import { DELIVERY_PLACES, measureDelivery } from './measure-delivery.ts'
import { measureClicks } from './measure-clicks.ts'
import { measureGreedy } from './measure-greedy.ts'
import { measureImports } from './measure-imports.ts'
import { measureLists } from './measure-lists.ts'
import { measureMemory } from './measure-memory.ts'
import { measureNeighbour } from './measure-neighbour.ts'
import { measureRoutes } from './measure-routes.ts'
import { measureDashboards } from './measure-dashboards.ts'
import { measurePages } from './measure-pages.ts'
import { measureProcesses } from './measure-processes.ts'
import { measureTab } from './measure-tab.ts'
import { startProgram } from './program.ts'
import { startReceiver } from './receiver.ts'
import { startStage } from './stage.ts'
import type { Place } from './stage.ts'
import { renderResults } from './table.ts'
import type { Results } from './table.ts'

// Each server has a database of its own, so that none has to do with what another left.
const PLACES = [
  'gathered',
  'ungathered',
  'clicked',
  'listed',
  'imported',
  'copied',
  'neighboured',
  'tabbed',
  'watched',
  'looked_at',
  'one_process',
  'two_processes',
  ...DELIVERY_PLACES,
] as const
type Places = Record<(typeof PLACES)[number], Place>

async function choosePlaces(choose: (name: string) => Promise<Place> | Place): Promise<Places> {
  const places: [string, Place][] = []
  for (const name of PLACES) places.push([name, await choose(name)])
  return Object.fromEntries(places) as Places
}

// What else is measured starts its servers itself.
const STAGED: (Measurement | undefined)[] = [...ROUTE_MEASUREMENTS, 'memory', 'arrival', undefined]

async function measure(places: Places, extent: Extent, options: Options): Promise<Results> {
  const { only } = options
  const flags =
    options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`]
  const isAsked = (name: Measurement): boolean => only === undefined || only === name
  const staged = STAGED.includes(only)
    ? await measureStaged(places, extent, { flags, only })
    : { routes: new Map() }
  const deliveries = await measureDelivery(places, extent, { flags, only })
  const results: Results = { ...staged, deliveries }
  if (isAsked('clicks')) {
    results.clicks = await measureClicks(places.clicked, extent.clickSeconds, { flags })
  }
  if (isAsked('lists')) {
    results.lists = await measureLists(places.listed, extent.transactions, { flags })
  }
  if (isAsked('imports')) results.imports = await measureImports(places, extent.imports, { flags })
  if (isAsked('neighbour')) {
    const { neighbourSeconds } = extent
    results.neighbour = await measureNeighbour(places.neighboured, neighbourSeconds, { flags })
  }
  // Files are read before any database: once is enough.
  if (isAsked('greedy') && extent.shared !== undefined) results.greedy = await measureGreedy()
  if (isAsked('tab') && extent.tabRows !== undefined) {
    results.tab = await measureTab(places.tabbed, extent.tabRows, { flags })
  }
  if (isAsked('dashboards')) {
    const { dashboardSeconds } = extent
    results.dashboards = await measureDashboards(places.watched, dashboardSeconds, { flags })
  }
  if (isAsked('pages')) {
    results.pages = await measurePages(places.looked_at, extent.transactions, { flags })
  }
  if (isAsked('processes') && extent.shared !== undefined) {
    const { one_process: one, two_processes: two } = places
    results.processes = await measureProcesses({ one, two }, extent.shared.processes, { flags })
  }
  return results
}

/** What takes turns on servers that stay. */
async function measureStaged(
  places: Places,
  extent: Extent,
  { flags, only }: { flags: string[]; only: Measurement | undefined },
): Promise<Pick<Results, 'routes' | 'memory' | 'arrival'>> {
  await using things = new AsyncDisposableStack()
  const keep = <T extends { stop(): Promise<void> }>(thing: T): T =>
    things.adopt(thing, (each) => each.stop())
  const isAsked = (name: Measurement): boolean => only === undefined || only === name
  const bare = keep(await startProgram('./bare-server.ts'))
  const echo = keep(await startProgram('./echo-server.ts'))
  const gathered = keep(await startStage('../src/main.ts', places.gathered, { flags }))
  const ungathered = keep(await startStage('./ungathered-server.ts', places.ungathered))
  const stages = { bare: bare.url, echo: echo.url, gathered, ungathered }
  const routes = await measureRoutes(stages, extent, only)
  const results: Pick<Results, 'routes' | 'memory' | 'arrival'> = { routes }
  if (isAsked('memory')) results.memory = await measureMemory(gathered, extent.memoryMs)
  if (isAsked('arrival')) {
    const receiver = keep(await startReceiver())
    const hearing = await listenIn(gathered.url, receiver)
    results.arrival = await measureArrival(hearing, extent.arrivalSeconds)
  }
  return results
}

async function measurePostgres(options: Options): Promise<Results> {
  const postgres = await startPostgres()
  try {
    const place = async (name: string): Promise<Place> => {
      const client = new pg.Client({ connectionString: postgres.url('postgres') })
      await client.connect()
      await client.query(`create database ${name}`)
      await client.end()
      return { DATABASE_URL: postgres.url(name) }
    }
    return await measure(await choosePlaces(place), options.postgres, options)
  } finally {
    await postgres.stop()
  }
}

async function measurePGlite(options: Options): Promise<Results> {
  const folder = await mkdtemp(join(tmpdir(), 'newcomer-bench-'))
  try {
    const place = (name: string): Place => ({ NEWCOMER_DATA: join(folder, name) })
    return await measure(await choosePlaces(place), options.pglite, options)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  const beganAt = performance.now()
  const postgres = await measurePostgres(options)
  const pglite = await measurePGlite(options)
  const seconds = (performance.now() - beganAt) / 1000
  process.stdout.write(renderResults({ postgres, pglite, seconds }))
}

main().catch((error: unknown) => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`The bench did not come to its end.\n${text}\n`)
  process.exit(1)
})
