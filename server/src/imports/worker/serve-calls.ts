import type { MessagePort } from 'node:worker_threads'
import type { WorkerCalls, WorkerImport } from './worker-protocol.ts'

interface Call {
  name: keyof WorkerCalls | 'begin' | 'end'
  args: unknown[]
}

/** Answers the calls that come in by this port, one after another, in their order. */
export function serveCalls(
  port: MessagePort,
  createCalls: (its: WorkerImport) => WorkerCalls,
): void {
  let calls: WorkerCalls | undefined
  let last: Promise<void> = Promise.resolve()

  function work({ name, args }: Call): unknown {
    if (name === 'begin' || name === 'end') {
      calls?.discard()
      calls = name === 'begin' ? createCalls(args[0] as WorkerImport) : undefined
      return undefined
    }
    if (!calls) throw new Error('a worker was called before it was told which import it works on')
    return (calls[name] as (...args: unknown[]) => unknown)(...args)
  }

  async function answer(call: Call): Promise<void> {
    try {
      port.postMessage({ result: await work(call) })
    } catch (error) {
      // A bug: it comes to light on the other side, with where it was.
      port.postMessage({ error })
    }
  }

  port.on('message', (call: Call) => {
    last = last.then(() => answer(call))
  })
}
