import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { readConfig } from '../src/kernel/config.ts'
import type { ServerThreadOptions } from './server-thread.ts'

export interface DemoServer {
  url: string
  operatorKey: string
  dataFolder: string
  stop(): Promise<void>
  /** Removes the folder, if the demo made it. */
  removeFolder(): Promise<void>
}

// What the configuration says when the environment says nothing.
const UNSET_FOLDER = './data'

/**
 * A server with nothing in it, on the embedded database; with `isBuilding` its dashboard is built first where it is
 * stale. Throws if the environment has a fault.
 */
export async function startDemoServer({
  isBuilding,
}: {
  isBuilding: boolean
}): Promise<DemoServer> {
  const env = readConfig()
  const isOurs = !(env.dataFolder !== UNSET_FOLDER && (await isEmpty(env.dataFolder)))
  const dataFolder = isOurs
    ? await mkdtemp(join(tmpdir(), 'newcomer-demo-'))
    : resolve(env.dataFolder)
  const removeFolder = (): Promise<void> =>
    isOurs ? rm(dataFolder, { recursive: true, force: true }) : Promise.resolve()
  const port = (await isFree(env.host, env.port)) ? env.port : 0
  // Its receivers are on this machine, wherever the server is called from.
  const ours = { databaseUrl: undefined, mode: 'development', logLevel: 'error' } as const
  const config = { ...env, port, dataFolder, ...ours }
  const workerData: ServerThreadOptions = { config, isBuilding: isBuilding && env.hasDashboard }
  const worker = new Worker(new URL('server-thread.ts', import.meta.url), { workerData })
  try {
    const [started] = (await once(worker, 'message')) as [{ url: string; operatorKey: string }]
    const stop = async (): Promise<void> => {
      const ended = once(worker, 'exit')
      worker.postMessage('stop')
      await ended
    }
    return { ...started, dataFolder, stop, removeFolder }
  } catch (error) {
    await removeFolder()
    throw error
  }
}

async function isEmpty(folder: string): Promise<boolean> {
  return !existsSync(folder) || (await readdir(folder)).length === 0
}

/** Asked beforehand: a server that finds its port taken has opened its database by then. */
async function isFree(host: string, port: number): Promise<boolean> {
  const probe = createServer()
  try {
    probe.listen(port, host)
    await once(probe, 'listening')
    probe.close()
    await once(probe, 'close')
    return true
  } catch {
    return false
  }
}
