import { parentPort, workerData } from 'node:worker_threads'
import type { Config } from '../src/kernel/config.ts'
import { createLog } from '../src/kernel/log.ts'
import { startServer } from '../src/start.ts'

// The embedded database works on the thread of its server. Shoppers and receivers, which on a real
// network are other machines, have the other one.
const config = workerData as Config
const server = await startServer({ config, log: createLog(config.logLevel) })
parentPort?.once('message', () => void server.stop().then(() => parentPort?.close()))
parentPort?.postMessage({ url: server.url, operatorKey: server.operatorKey })
