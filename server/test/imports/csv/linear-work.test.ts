import { Session } from 'node:inspector/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FileRefused } from '../../../../client/src/customer-file/hash-emails.ts'
import { GREEDY_FILES, GREEDY_READERS } from './greedy-files.ts'

/*
 * How many blocks of code run while a file is read is counted by V8, and so is the same on every machine.
 * What a built-in function does by itself (a pattern, `normalize`) is no block: `npm run bench -- --only
 * greedy` times all of it.
 */

const session = new Session()

beforeAll(async () => {
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
})

afterAll(async () => {
  await session.post('Profiler.stopPreciseCoverage')
  session.disconnect()
})

/** How many blocks of what reads files ran. */
async function countBlocks(work: () => Promise<unknown>): Promise<number> {
  await session.post('Profiler.takePreciseCoverage')
  try {
    await work()
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error
  }
  const { result } = await session.post('Profiler.takePreciseCoverage')
  const ours = result.filter(({ url }) => /\/(?:customer-file|imports\/csv)\//.test(url))
  const counts = ours.flatMap(({ functions }) =>
    functions.flatMap(({ ranges }) => ranges.map(({ count }) => count)),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

// Long enough for the square of it to show beside what a file costs whatever its length.
const [BYTES, RECORD_BYTES] = [131_072, 15_000]

test.each(Object.entries(GREEDY_FILES))(
  '%s: the work grows as the bytes do',
  async (_name, make) => {
    const file = make(BYTES, RECORD_BYTES)
    const grown = { longer: make(4 * BYTES, RECORD_BYTES), wider: make(BYTES, 4 * RECORD_BYTES) }
    for (const [who, read] of Object.entries(GREEDY_READERS)) {
      const work = await countBlocks(() => read(file))
      expect(work, who).toBeGreaterThan(0)
      for (const [how, larger] of Object.entries(grown)) {
        const more = await countBlocks(() => read(larger))
        const bound = 1.2 * work * Math.max(1, larger.length / file.length) + 20_000
        expect(more, `${who}, ${how}`).toBeLessThan(bound)
      }
    }
  },
)
