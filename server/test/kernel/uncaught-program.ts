import { EventEmitter, once } from 'node:events'
import { containErrors, enterBulkhead, inBulkhead } from '../../src/kernel/bulkhead.ts'

// Throws where nothing catches, in the way that its argument names, beside work that goes on; then where no
// piece of work is under way.

const ways: Record<string, () => void> = {
  'in a timer': () => void setTimeout(fail, 1),
  'in a tick': () => process.nextTick(fail),
  'in a promise': () => void Promise.resolve().then(fail),
  'in a promise, later': () => void once(later(), 'now').then(fail),
  'in a listener': () => void later().on('now', fail),
  'with an error event': () =>
    void setTimeout(() => new EventEmitter().emit('error', new Error('thrown')), 1),
}

function fail(): never {
  throw new Error('thrown')
}

function later(): EventEmitter {
  const emitter = new EventEmitter()
  setTimeout(() => emitter.emit('now'), 1)
  return emitter
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

containErrors((error) => say(`contained: ${(error as Error).message}`))
process.once('uncaughtException', (error) => {
  say(`the process: ${error.message}`)
  process.exit(3)
})

const throwsNow = ways[process.argv[2] ?? ''] ?? fail
const neighbour = inBulkhead(() => once(later(), 'now'))
await inBulkhead(
  () =>
    new Promise(() => {
      throwsNow()
    }),
).catch((error: unknown) => say(`the work: ${(error as Error).message}`))
await neighbour
say('the neighbour: done')
await new Promise<void>((resolve) => {
  enterBulkhead((error) => {
    say(`the call: ${(error as Error).message}`)
    resolve()
  }, throwsNow)
})
setTimeout(() => {
  throw new Error('of nobody')
}, 1)
