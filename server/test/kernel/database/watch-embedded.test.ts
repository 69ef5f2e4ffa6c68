import { PGlite } from '@electric-sql/pglite'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openPGlite } from '../../../src/kernel/database/database.ts'
import { watchEmbedded } from '../../../src/kernel/database/watch-embedded.ts'

let now = 0
beforeEach(() => {
  now = 0
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
})
afterEach(() => vi.useRealTimers())

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    now += 1_000
    vi.advanceTimersByTime(1_000)
    await turn()
    await turn()
  }
}

test('an embedded database that fails for five seconds is told of, once', async () => {
  const database = await openPGlite({ instance: await PGlite.create() })
  const broken = vi.fn()
  watchEmbedded(database, broken, () => now)
  await pass(20)
  expect(broken).not.toHaveBeenCalled()
  await database.close()
  await pass(4)
  expect(broken, 'it may come back').not.toHaveBeenCalled()
  await pass(20)
  expect(broken).toHaveBeenCalledOnce()
})
