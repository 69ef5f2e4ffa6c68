import { parentPort, workerData } from 'node:worker_threads'
import { createThreadCalls } from './thread-work.ts'
import type { ThreadCalls, ThreadImport } from './thread-calls.ts'

/*
 * Reads, checks and seals the rows of one import beside the thread that answers calls. It is asked one
 * thing after another, and answers in that order.
 */

interface Asked {
  name: keyof ThreadCalls | 'close'
  args: unknown[]
}

const port = parentPort
if (!port) throw new Error('this file is the beginning of a thread')
const calls = createThreadCalls(workerData as ThreadImport)
let last: Promise<void> = Promise.resolve()

async function answer({ name, args }: Asked): Promise<void> {
  if (name === 'close') {
    // With nothing more to hear, the thread ends by itself.
    port?.close()
    return
  }
  try {
    const call = calls[name] as (...args: unknown[]) => unknown
    port?.postMessage({ result: await call(...args) })
  } catch (error) {
    // A bug: it comes to light on the other side, with where it was.
    port?.postMessage({ error })
  }
}

port.on('message', (asked: Asked) => {
  last = last.then(() => answer(asked))
})
