import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { idOfKey } from '../../kernel/key.ts'
import { createWorkerClient, WorkerExhausted } from './worker-client.ts'
import type { OpenWorker } from './worker-client.ts'
import type { WorkerCalls, WorkerImport } from './worker-protocol.ts'

export interface WorkerLimits {
  maxHeapMb: number
  /** Processor time of one call, ms. */
  maxCallMs: number
}

// What a worker holds is a few batches, and a call of it takes a second at most: beyond these something
// grows that should not, and its import fails for it, alone.
const LIMITS: WorkerLimits = { maxHeapMb: 64, maxCallMs: 60_000 }
const SCRIPT = new URL('./worker.ts', import.meta.url)

interface PendingCall {
  resolve(result: never): void
  reject(error: unknown): void
}

/** A worker thread of the pool, which works on one import after another. */
interface PooledWorker {
  send(name: keyof WorkerCalls | 'begin' | 'end', args: unknown[]): Promise<never>
  ref(): void
  unref(): void
  hasFailed(): boolean
}

setFlagsFromString('--no-wasm-code-gc')

/** A pool of worker threads that run this script, within these limits. */
export function createWorkerPool(script: URL, limits: WorkerLimits): OpenWorker {
  // The idle workers. A worker thread is not ended while it works: where one ended, Node has now and then
  // taken the whole process along, as the engine gave up what it had compiled for it. The flag keeps it from
  // doing that.
  const idle: PooledWorker[] = []
  return (vault, { id, number, role }, { key, kind, mode }) => {
    const its: WorkerImport = {
      vaultKey: vault.copyKey(),
      organization: { id, number, role },
      key,
      import: idOfKey('import', key),
      kind,
      mode,
    }
    const pooled = idle.pop() ?? startWorker(script, limits)
    pooled.ref()
    const begun = pooled.send('begin', [its])
    // The next call fails as this one did, and its caller hears of it.
    begun.catch(() => undefined)
    return createWorkerClient(pooled.send, async () => {
      await pooled.send('end', []).catch(() => undefined)
      pooled.unref()
      if (!pooled.hasFailed()) idle.push(pooled)
    })
  }
}

/** Takes a worker thread from the process's pool, or starts one; closing it puts it back. */
export const openWorker: OpenWorker = createWorkerPool(SCRIPT, LIMITS)

/** The calls are answered in their order, so that an answer needs no number. */
function startWorker(script: URL, limits: WorkerLimits): PooledWorker {
  const worker = new Worker(script, {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxOldGenerationSizeMb: limits.maxHeapMb, maxYoungGenerationSizeMb: 8 },
  })
  const pending: PendingCall[] = []
  let failure: Error | undefined
  const fail = (error: Error): void => {
    failure ??= error
    watch.stop()
    for (const each of pending.splice(0)) each.reject(failure)
  }
  const watch = watchCalls(worker, limits.maxCallMs, () => {
    fail(new WorkerExhausted('processor time'))
    void worker.terminate()
  })
  worker.on('message', (answer: { result: never } | { error: unknown }) => {
    const first = pending.shift()
    if (pending.length === 0) watch.stop()
    else watch.begin()
    if ('error' in answer) first?.reject(answer.error)
    else first?.resolve(answer.result)
  })
  worker.on('error', (error: NodeJS.ErrnoException) => {
    fail(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new WorkerExhausted('memory') : error)
  })
  worker.on('exit', () => fail(new Error('the worker thread of an import ended')))
  return {
    send(name, args) {
      if (failure !== undefined) return Promise.reject(failure)
      return new Promise((resolve, reject) => {
        pending.push({ resolve, reject })
        if (pending.length === 1) watch.begin()
        worker.postMessage({ name, args })
      })
    },
    ref: () => worker.ref(),
    unref: () => worker.unref(),
    hasFailed: () => failure !== undefined,
  }
}

interface CallWatch {
  /** A call begins, where one was under way it has ended. */
  begin(): void
  /** No call is under way. */
  stop(): void
}

/** Looks now and then how much processor time a thread has used on the call under way. */
function watchCalls(worker: Worker, maxMs: number, isOver: () => void): CallWatch {
  let call = 0
  let seen = { call, ms: 0 }
  let timer: NodeJS.Timeout | undefined
  async function look(): Promise<void> {
    const asked = call
    const { user, system } = await worker.cpuUsage()
    const ms = (user + system) / 1_000
    if (asked !== call || timer === undefined) return
    // The first look at a call says where it began, or a little later.
    if (seen.call !== call) seen = { call, ms }
    else if (ms - seen.ms > maxMs) isOver()
  }
  return {
    begin() {
      call++
      timer ??= setInterval(() => void look().catch(() => undefined), maxMs / 4).unref()
    },
    stop() {
      clearInterval(timer)
      timer = undefined
    },
  }
}
