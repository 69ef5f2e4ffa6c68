import { createThreadCalls } from '../../../src/imports/worker/worker-calls.ts'
import type { openThread, Thread } from '../../../src/imports/worker/open-worker.ts'
import type { ThreadCalls } from '../../../src/imports/worker/worker-protocol.ts'
import { idOfKey } from '../../../src/kernel/key.ts'

/**
 * What a thread does, without the thread: most of the time that a file of a few rows takes is that a
 * thread comes up. What goes to and fro is copied as it would be between threads.
 */
export const openThreadBeside: typeof openThread = (vault, { id, number, role }, its) => {
  const { key, kind, mode } = its
  const organization = { id, number, role }
  const calls = createThreadCalls({
    vaultKey: vault.copyKey(),
    organization,
    key,
    import: idOfKey('import', key),
    kind,
    mode,
  })
  let last: Promise<unknown> = Promise.resolve()
  const ask = (name: keyof ThreadCalls, args: unknown[]): Promise<unknown> => {
    const copied = structuredClone(args)
    const call = calls[name] as (...args: unknown[]) => unknown
    const answer = last.then(async () => structuredClone(await call(...copied)))
    last = answer.catch(() => undefined)
    return answer
  }
  return new Proxy({} as Thread, {
    get: (_, name: keyof Thread) =>
      name === 'close' ? () => Promise.resolve() : (...args: unknown[]) => ask(name, args),
  })
}
