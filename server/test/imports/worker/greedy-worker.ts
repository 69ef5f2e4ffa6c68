import { parentPort } from 'node:worker_threads'
import { unpackBatch } from '../../../src/imports/store/batch.ts'
import { serveCalls } from '../../../src/imports/worker/serve-calls.ts'
import { createWorkerCalls } from '../../../src/imports/worker/worker-calls.ts'
import { createVault } from '../../../src/kernel/vault.ts'

/*
 * A worker thread that goes wrong where a file has certain words in it: the faults by which a real one would do so
 * are mended, and the next one is not known.
 */

const takeMemory = (): never => {
  const taken: number[][] = []
  for (;;) taken.push(Array<number>(10_000).fill(taken.length + 0.5))
}

const takeTime = (): never => {
  for (;;) Math.random()
}

serveCalls(parentPort!, (its) => {
  const calls = createWorkerCalls(its)
  const vault = createVault(its.vaultKey)
  return {
    ...calls,
    parse(bytes) {
      const text = Buffer.from(bytes).toString('utf8')
      if (text.includes('memory-in-parse')) takeMemory()
      if (text.includes('time-in-parse')) takeTime()
      return calls.parse(bytes)
    },
    addDuplicates(number, blob) {
      const { rows } = unpackBatch(vault, its.key, number, blob)
      if (rows.some(({ id }) => id === 'memory-in-check')) takeMemory()
      calls.addDuplicates(number, blob)
    },
    openBatch(number, blob) {
      const { rows } = unpackBatch(vault, its.key, number, blob)
      if (number > 0 && rows.some(({ id }) => id === 'time-in-run')) takeTime()
      return calls.openBatch(number, blob)
    },
  }
})
