import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import type { Vault } from '../../kernel/vault.ts'
import type { Organization } from '../../organizations/organization.ts'
import { idOfKey } from '../../kernel/key.ts'
import type { Import } from '../store/import.ts'
import type { ThreadCalls, ThreadImport } from './worker-protocol.ts'

// What a thread holds is a few parts; beyond this something grows that should not.
const MAX_HEAP_MB = 64

type Asynchronous<F> = F extends (...args: infer A) => infer R
  ? (...args: A) => Promise<Awaited<R>>
  : never
/** A thread's calls as they are made from the other side. */
export type Thread = { [K in keyof ThreadCalls]: Asynchronous<ThreadCalls[K]> } & {
  close(): Promise<void>
}

interface Waiting {
  resolve(result: never): void
  reject(error: unknown): void
}

/** A thread that one import after another is worked on by. */
interface Hand {
  ask(name: string, args: unknown[]): Promise<never>
  ref(): void
  unref(): void
  hasFailed(): boolean
}

// Threads that nothing is asked of. They are kept: where one ends, Node has now and then taken the whole
// process along, as the engine gave up what it had compiled for it. The flag keeps it from doing that.
const idle: Hand[] = []
setFlagsFromString('--no-wasm-code-gc')

/** A thread that works on one import, until it is closed. */
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
  const hand = idle.pop() ?? startHand()
  hand.ref()
  const begun = hand.ask('begin', [data])
  // Whoever asks it something next hears of it.
  begun.catch(() => undefined)
  async function close(): Promise<void> {
    await hand.ask('end', []).catch(() => undefined)
    hand.unref()
    if (!hand.hasFailed()) idle.push(hand)
  }
  return new Proxy({} as Thread, {
    get: (_, name: keyof Thread) =>
      name === 'close' ? close : (...args: unknown[]) => hand.ask(name, args),
  })
}

function startHand(): Hand {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
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
  worker.on('exit', () => fail(new Error('the thread of an import ended')))
  return {
    ask(name, args) {
      if (failure !== undefined) return Promise.reject(failure)
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject })
        worker.postMessage({ name, args })
      })
    },
    ref: () => worker.ref(),
    unref: () => worker.unref(),
    hasFailed: () => failure !== undefined,
  }
}
