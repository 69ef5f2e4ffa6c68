import { createWorkerCalls } from '../../../src/imports/worker/worker-calls.ts'
import { createWorkerClient } from '../../../src/imports/worker/worker-client.ts'
import type { OpenWorker } from '../../../src/imports/worker/worker-client.ts'
import { idOfKey } from '../../../src/kernel/key.ts'

/**
 * What a worker does, without the thread: most of the time that a file of a few rows takes is that a
 * thread comes up. What goes to and fro is copied as it would be between threads.
 */
export const openWorkerInProcess: OpenWorker = (vault, { id, number, role }, its) => {
  const { key, kind, mode } = its
  const organization = { id, number, role }
  const calls = createWorkerCalls({
    vaultKey: vault.copyKey(),
    organization,
    key,
    import: idOfKey('import', key),
    kind,
    mode,
  })
  let last: Promise<unknown> = Promise.resolve()
  const send = (name: keyof typeof calls, args: unknown[]): Promise<never> => {
    const copied = structuredClone(args)
    const call = calls[name] as (...args: unknown[]) => unknown
    const answer = last.then(async () => structuredClone(await call(...copied)) as never)
    last = answer.catch(() => undefined)
    return answer
  }
  return createWorkerClient(send, () => Promise.resolve())
}
