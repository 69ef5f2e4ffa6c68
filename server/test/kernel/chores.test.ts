import { expect, test, vi } from 'vitest'
import { createChores } from '../../src/kernel/chores.ts'
import { createLog } from '../../src/kernel/log.ts'

const HOUR_MS = 3_600_000
const log = createLog('silent')

test('chores run at the start, one after another, and again an hour later, whatever fails', async () => {
  vi.useFakeTimers()
  const ran: string[] = []
  const first = {
    async run() {
      ran.push('first begins')
      await Promise.resolve()
      ran.push('first fails')
      throw new Error('of this round')
    },
    failure: 'The first failed.',
  }
  const second = { run: async () => void ran.push('second'), failure: 'The second failed.' }
  const chores = createChores([first, second], log)
  const round = ['first begins', 'first fails', 'second']
  try {
    chores.start()
    await vi.advanceTimersByTimeAsync(0)
    expect(ran).toEqual(round)
    await vi.advanceTimersByTimeAsync(HOUR_MS - 1)
    expect(ran).toEqual(round)
    await vi.advanceTimersByTimeAsync(1)
    expect(ran).toEqual([...round, ...round])
    await chores.stop()
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    expect(ran).toEqual([...round, ...round])
  } finally {
    vi.useRealTimers()
  }
})

test('a stop waits for the chore under way, tells it, and lets no other begin', async () => {
  const working = Promise.withResolvers<undefined>()
  const ran: string[] = []
  let isStopping = (): boolean => false
  const long = {
    async run(asked: () => boolean) {
      isStopping = asked
      await working.promise
      ran.push('long')
    },
    failure: 'The long one failed.',
  }
  const other = { run: async () => void ran.push('other'), failure: 'The other failed.' }
  const chores = createChores([long, other], log)
  chores.start()
  expect(isStopping()).toBe(false)
  const stopped = chores.stop().then(() => ran.push('stopped'))
  expect(isStopping()).toBe(true)
  working.resolve(undefined)
  await stopped
  expect(ran).toEqual(['long', 'stopped'])
})
