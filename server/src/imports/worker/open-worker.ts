import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { idOfKey } from '../../kernel/key.ts'
import { createWorkerClient } from './worker-client.ts'
import type { OpenWorker } from './worker-client.ts'
import type { WorkerCalls, WorkerImport } from './worker-protocol.ts'

// What a worker holds is a few batches; beyond this something grows that should not.
const MAX_HEAP_MB = 64

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

// The idle workers of the pool. A worker thread is never ended: where one ended, Node has now and then
// taken the whole process along, as the engine gave up what it had compiled for it. The flag keeps it from
// doing that.
const idle: PooledWorker[] = []
setFlagsFromString('--no-wasm-code-gc')

/** Takes a worker thread from the pool, or starts one; closing it puts it back. */
export const openWorker: OpenWorker = (vault, { id, number, role }, { key, kind, mode }) => {
  const its: WorkerImport = {
    vaultKey: vault.copyKey(),
    organization: { id, number, role },
    key,
    import: idOfKey('import', key),
    kind,
    mode,
  }
  const pooled = idle.pop() ?? startWorker()
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

/** The calls are answered in their order, so that an answer needs no number. */
function startWorker(): PooledWorker {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB, maxYoungGenerationSizeMb: 8 },
  })
  const pending: PendingCall[] = []
  let failure: Error | undefined
  worker.on('message', (answer: { result: never } | { error: unknown }) => {
    const first = pending.shift()
    if ('error' in answer) first?.reject(answer.error)
    else first?.resolve(answer.result)
  })
  const fail = (error: Error): void => {
    failure ??= error
    for (const each of pending.splice(0)) each.reject(error)
  }
  worker.on('error', fail)
  worker.on('exit', () => fail(new Error('the worker thread of an import ended')))
  return {
    send(name, args) {
      if (failure !== undefined) return Promise.reject(failure)
      return new Promise((resolve, reject) => {
        pending.push({ resolve, reject })
        worker.postMessage({ name, args })
      })
    },
    ref: () => worker.ref(),
    unref: () => worker.unref(),
    hasFailed: () => failure !== undefined,
  }
}
