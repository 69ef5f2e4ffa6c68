import { parseArgs } from 'node:util'
import { ConfigError } from '../src/kernel/config.ts'
import { admitVisitors, sayVisitors } from './admit-visitors.ts'
import { createCaller } from './caller.ts'
import { createNetwork } from './create-network.ts'
import { invite } from './invite.ts'
import { startReceiver } from './receiver.ts'
import { createSendShopper } from './send-shopper.ts'
import { startDemoServer } from './start-demo-server.ts'
import { readStory } from './story.ts'
import type { StoryOptions } from './story.ts'
import { conclude, renderTable } from './table.ts'
import { tell } from './tell.ts'

const USAGE = `npm run demo -- [options]

  --once          end after the table: exit code 0 if every number is as expected, 1 if not
  --full          replay all 69,659 purchases as live orders, and import none
  --orders <n>    replay only the first n live orders, on a history as small
  --build         build the dashboard where it is stale, as \`npm run demo\` does by itself
  --help          this text

PORT, HOST and NEWCOMER_DATA (an empty folder) are taken from the environment.
`

interface Options {
  isOnce: boolean
  isBuilding: boolean
  story: StoryOptions
}

async function main({ isOnce, isBuilding, story: options }: Options): Promise<void> {
  const began = performance.now()
  const out = process.stdout
  const story = await readStory(options)
  const server = await startDemoServer({ isBuilding })
  const receiver = await startReceiver()
  const caller = createCaller(server.url)
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopping ??= caller
      .close()
      .then(() => server.stop())
      .then(() => receiver.close())
    return stopping
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      out.write('\nStopping.\n')
      void stop().then(() => process.exit(0))
    })
  }
  out.write(`Newcomer serves ${server.url}, its data in ${server.dataFolder}.\n`)
  try {
    const network = await createNetwork(server, receiver)
    if (!isOnce) {
      out.write(sayVisitors(await admitVisitors(server.url, network)))
    }
    const sendShopper = createSendShopper(caller)
    const { rows, summary } = await tell({ out, caller, network, story, sendShopper })
    out.write(`\n${renderTable(rows)}\n\n${summary}\n\n`)
    const { sentence, exitCode } = conclude(rows, performance.now() - began)
    out.write(`${sentence}\n`)
    process.exitCode = exitCode
    if (!isOnce) await invite({ out, network, server, story, sendShopper })
  } catch (error) {
    // Calls that a stop cut off are no failure.
    if (stopping) return
    await stop()
    throw error
  }
  if (isOnce) {
    await stop()
    await server.removeFolder()
  }
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      once: { type: 'boolean', default: false },
      build: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      orders: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(USAGE)
    process.exit(0)
  }
  const story: StoryOptions = { isFull: values.full }
  if (values.orders !== undefined) {
    story.orders = /^\d+$/.test(values.orders) ? Number(values.orders) : 0
    if (story.orders < 1) throw new TypeError('--orders must be a whole number above 0')
  }
  return { isOnce: values.once, isBuilding: values.build, story }
}

function sayFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const isUsage =
    error instanceof TypeError && /^(--|Unknown option|Unexpected|Option)/.test(error.message)
  if (isUsage) return `${error.message}\n\n${USAGE}`
  return error instanceof ConfigError ? error.message : (error.stack ?? error.message)
}

try {
  await main(readOptions())
} catch (error) {
  process.stderr.write(`The demo failed.\n${sayFailure(error)}\n`)
  process.exit(1)
}
