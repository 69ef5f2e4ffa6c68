import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import type { Config } from '../src/kernel/config.ts'
import { openDatabase } from '../src/kernel/database/database.ts'
import { createLog } from '../src/kernel/log.ts'
import { startServer } from '../src/start.ts'

export interface ServerThreadOptions {
  config: Config
  isBuilding: boolean
}

// The embedded database works on the thread of its server. Shoppers and receivers, which on a real
// network are other machines, have the other one.
const { config, isBuilding } = workerData as ServerThreadOptions
// A new database takes a core for as long as the dashboard takes the other one: a visitor waits for one of them.
const [database] = await Promise.all([
  openDatabase(config),
  isBuilding ? buildDashboard() : undefined,
])
const server = await startServer({ config, database, log: createLog(config.logLevel) })
parentPort?.once('message', () => {
  void server
    .stop()
    .then(() => database.close())
    .then(() => parentPort?.close())
})
parentPort?.postMessage({ url: server.url, operatorKey: server.operatorKey })

/** In a process of its own, as `npm run build` does; where nothing changed it takes milliseconds to see that. */
async function buildDashboard(): Promise<void> {
  const program = fileURLToPath(new URL('../../dashboard/build.ts', import.meta.url))
  const args = ['--disable-warning=ExperimentalWarning', program, '--if-stale']
  const [code] = (await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'close')) as [
    number | null,
  ]
  if (code !== 0) throw new Error('The dashboard was not built.')
}
