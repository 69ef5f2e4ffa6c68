import { Worker } from 'node:worker_threads'
import type { Vault } from '../kernel/vault.ts'
import type { Organization } from '../organizations/organization.ts'
import { idOfKey } from '../kernel/key.ts'
import type { Import } from './import.ts'
import type { ThreadCalls, ThreadImport } from './thread-calls.ts'

// What a thread holds is a few parts; beyond this something grows that should not.
const MAX_HEAP_MB = 64

type Asynchronous<F> = F extends (...args: infer A) => infer R
  ? (...args: A) => Promise<Awaited<R>>
  : never
/** A thread's calls as they are made from the other side. */
export type Thread = { [K in keyof ThreadCalls]: Asynchronous<ThreadCalls[K]> } & {
  close(): Promise<void>
}

// A call takes milliseconds; one that does not come to its end is a bug, and must not hold up a stop.
const LONGEST_CLOSE_MS = 5_000

interface Waiting {
  resolve(result: never): void
  reject(error: unknown): void
}

/** Starts a thread that works on one import. */
export function openThread(
  vault: Vault,
  organization: Organization,
  its: Pick<Import, 'key' | 'kind' | 'mode'>,
): Thread {
  const data: ThreadImport = {
    vaultKey: vault.copyKey(),
    organization: { id: organization.id, number: organization.number, role: organization.role },
    key: its.key,
    import: idOfKey('import', its.key),
    kind: its.kind,
    mode: its.mode,
  }
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: data,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB, maxYoungGenerationSizeMb: 8 },
  })
  const waiting: Waiting[] = []
  let failure: Error | undefined
  worker.on('message', (answer: { result: never } | { error: unknown }) => {
    const first = waiting.shift()
    if ('error' in answer) first?.reject(answer.error)
    else first?.resolve(answer.result)
  })
  const fail = (error: Error): void => {
    failure ??= error
    for (const each of waiting.splice(0)) each.reject(error)
  }
  worker.on('error', fail)
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      fail(new Error('the thread of an import ended'))
      resolve()
    })
  })
  // Asked to end, it does so after what it is at: cut off in the middle of uncompressing something, it
  // could take the whole process along.
  async function close(): Promise<void> {
    worker.postMessage({ name: 'close', args: [] })
    const cutOff = setTimeout(() => void worker.terminate(), LONGEST_CLOSE_MS)
    await ended
    clearTimeout(cutOff)
  }
  const ask = (name: keyof ThreadCalls, args: unknown[]): Promise<never> => {
    if (failure !== undefined) return Promise.reject(failure)
    return new Promise((resolve, reject) => {
      waiting.push({ resolve, reject })
      worker.postMessage({ name, args })
    })
  }
  const calls = new Proxy({} as Thread, {
    get: (_, name: keyof Thread) =>
      name === 'close' ? close : (...args: unknown[]) => ask(name, args),
  })
  return calls
}
