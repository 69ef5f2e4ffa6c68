import { parentPort } from 'node:worker_threads'
import type { WorkerCalls, WorkerImport } from './worker-protocol.ts'
import { createWorkerCalls } from './worker-calls.ts'

/*
 * A worker thread: it parses, checks and seals the rows of one import after another, so that the main thread
 * can answer calls meanwhile. It answers its calls one after another, in their order.
 */

interface Call {
  name: keyof WorkerCalls | 'begin' | 'end'
  args: unknown[]
}

const port = parentPort
if (!port) throw new Error('this file is the beginning of a worker thread')
let calls: WorkerCalls | undefined
let last: Promise<void> = Promise.resolve()

function work({ name, args }: Call): unknown {
  if (name === 'begin' || name === 'end') {
    calls?.discard()
    calls = name === 'begin' ? createWorkerCalls(args[0] as WorkerImport) : undefined
    return undefined
  }
  if (!calls) throw new Error('a worker was called before it was told which import it works on')
  return (calls[name] as (...args: unknown[]) => unknown)(...args)
}

async function answer(call: Call): Promise<void> {
  try {
    port?.postMessage({ result: await work(call) })
  } catch (error) {
    // A bug: it comes to light on the other side, with where it was.
    port?.postMessage({ error })
  }
}

port.on('message', (call: Call) => {
  last = last.then(() => answer(call))
})
