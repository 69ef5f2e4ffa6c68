import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startPostgres } from '../test/support/postgres.ts'
import type { Extent, Options } from './options.ts'
import { readOptions } from './options.ts'
import { listenIn, measureArrival, measureDeliveries } from './measure-deliveries.ts'
import { measureMemory } from './measure-memory.ts'
import { measureRoutes } from './measure-routes.ts'
import { startProgram } from './program.ts'
import { startReceiver } from './receiver.ts'
import { startStage } from './stage.ts'
import type { Place } from './stage.ts'
import { renderResults } from './table.ts'
import type { Results } from './table.ts'

/** Where the gathered and the ungathered server have their databases. */
interface Places {
  gathered: Place
  ungathered: Place
}

async function measure(places: Places, extent: Extent, options: Options): Promise<Results> {
  await using things = new AsyncDisposableStack()
  const keep = <T extends { stop(): Promise<void> }>(thing: T): T =>
    things.adopt(thing, (each) => each.stop())
  const flags =
    options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`]
  const isAsked = (name: Options['only']): boolean =>
    options.only === undefined || options.only === name
  const bare = keep(await startProgram('./bare-server.ts'))
  const echo = keep(await startProgram('./echo-server.ts'))
  const gathered = keep(await startStage('../src/main.ts', places.gathered, { flags }))
  const ungathered = keep(await startStage('./ungathered-server.ts', places.ungathered))
  const routes = await measureRoutes(
    { bare: bare.url, echo: echo.url, gathered, ungathered },
    extent,
    options.only,
  )
  const results: Results = { routes }
  if (isAsked('memory')) results.memory = await measureMemory(gathered, extent.memoryMs)
  const receiver = keep(await startReceiver())
  const hearing = await listenIn(gathered.url, receiver)
  if (isAsked('deliveries')) {
    results.deliveries = await measureDeliveries(hearing, extent.deliveries)
  }
  if (isAsked('arrival')) results.arrival = await measureArrival(hearing, extent.arrivalSeconds)
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
    const places = { gathered: await place('gathered'), ungathered: await place('ungathered') }
    return await measure(places, options.postgres, options)
  } finally {
    await postgres.stop()
  }
}

async function measurePGlite(options: Options): Promise<Results> {
  const folder = await mkdtemp(join(tmpdir(), 'newcomer-bench-'))
  try {
    const place = (name: string): Place => ({ NEWCOMER_DATA: join(folder, name) })
    const places = { gathered: place('gathered'), ungathered: place('ungathered') }
    return await measure(places, options.pglite, options)
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
