import { parentPort } from 'node:worker_threads'
import type { ThreadCalls, ThreadImport } from './worker-protocol.ts'
import { createThreadCalls } from './worker-calls.ts'

/*
 * Reads, checks and seals the rows of an import beside the thread that answers calls, of one import after
 * another. It is asked one thing after another, and answers in that order.
 */

interface Asked {
  name: keyof ThreadCalls | 'begin' | 'end'
  args: unknown[]
}

const port = parentPort
if (!port) throw new Error('this file is the beginning of a thread')
let calls: ThreadCalls | undefined
let last: Promise<void> = Promise.resolve()

function work({ name, args }: Asked): unknown {
  if (name === 'begin' || name === 'end') {
    calls?.discard()
    calls = name === 'begin' ? createThreadCalls(args[0] as ThreadImport) : undefined
    return undefined
  }
  if (!calls) throw new Error('a thread was asked before it was told which import it works on')
  return (calls[name] as (...args: unknown[]) => unknown)(...args)
}

async function answer(asked: Asked): Promise<void> {
  try {
    port?.postMessage({ result: await work(asked) })
  } catch (error) {
    // A bug: it comes to light on the other side, with where it was.
    port?.postMessage({ error })
  }
}

port.on('message', (asked: Asked) => {
  last = last.then(() => answer(asked))
})
