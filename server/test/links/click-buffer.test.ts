import { expect, test, vi } from 'vitest'
import { createLog } from '../../src/kernel/log.ts'
import { unavailable } from '../../src/kernel/problem.ts'
import { createClickBuffer, MAX_WAITING } from '../../src/links/click-buffer.ts'
import type { ClickBufferParts } from '../../src/links/click-buffer.ts'
import type { VisitVerdict, Visit } from '../../src/links/click.ts'

const AWAY = unavailable('The database is out of reach.')
const good = (visits: Visit[]): Promise<VisitVerdict[]> => Promise.resolve(visits.map(() => 'good'))

function visitOf(index: number): Visit {
  const content = {
    btn_ref: `srctok-${index}`,
    publisher_customer_id: null,
    pub_ref: null,
    quote: null,
  }
  const click = { id: String(index), customer: null, at: new Date(), content }
  return { publisher: 1, merchant: 2, host: 'shop.example', click }
}
const visitsOf = (count: number): Visit[] => Array.from({ length: count }, (_, i) => visitOf(i))
const LOOK: Visit = { ...visitOf(0), click: null }

/** A buffer whose timers ring when they are told to, and what came of its clicks. */
function createWorld(write: ClickBufferParts['write']) {
  const timers = new Map<() => void, number>()
  const counts = { written: 0, lost: 0 }
  const buffer = createClickBuffer({
    write,
    written: (clicks) => (counts.written += clicks),
    lost: (clicks) => (counts.lost += clicks),
    log: createLog('silent'),
    startTimer(ms, ring) {
      timers.set(ring, ms)
      return () => timers.delete(ring)
    },
  })
  /** Rings the timers of so long that have been started by now. */
  function ring(ms: number): void {
    for (const [each, length] of timers) {
      if (length !== ms) continue
      timers.delete(each)
      each()
    }
  }
  return { buffer, counts, timers, ring }
}

test('visits that come together are written together, and each gets its own verdict', async () => {
  const sizes: number[] = []
  const { buffer, counts, timers } = createWorld((visits) => {
    sizes.push(visits.length)
    return Promise.resolve(
      visits.map(({ click }) => (click?.id === '3' ? 'no-host' : 'good') satisfies VisitVerdict),
    )
  })
  const recorded = await Promise.all(visitsOf(300).map((visit) => buffer.record(visit)))
  expect(recorded[3]).toBe('no-host')
  expect(recorded.filter((each) => each === 'good')).toHaveLength(299)
  expect(sizes).toEqual([256, 44])
  expect(counts).toEqual({ written: 299, lost: 0 })
  expect(timers.size, 'nothing rings later').toBe(0)
  expect(await buffer.record(LOOK), 'and again, after a rest').toBe('good')
  expect(counts.written, 'who only looks is no click').toBe(299)
})

test('a shopper waits for a second at most, and the click is written all the same', async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<undefined>()
  const { buffer, counts, ring } = createWorld(async (visits) => {
    await gate
    return good(visits)
  })
  const recorded = buffer.record(visitOf(1))
  ring(1_000)
  expect(await recorded).toBe('waiting')
  expect(counts).toEqual({ written: 0, lost: 0 })
  open(undefined)
  await vi.waitFor(() => expect(counts).toEqual({ written: 1, lost: 0 }))
})

test.each([
  ['out of reach', AWAY],
  ['read-only', Object.assign(new Error('cannot execute'), { code: '25006' })],
  ['full', Object.assign(new Error('no space left'), { code: '53100' })],
])(
  'clicks are written when a database that was %s is back, in their order',
  async (_name, error) => {
    let tries = 0
    const written: string[] = []
    const { buffer, counts, ring } = createWorld((visits) => {
      if (++tries < 4) return Promise.reject(error)
      written.push(...visits.map(({ click }) => click?.id ?? ''))
      return good(visits)
    })
    const first = visitsOf(10).map((visit) => buffer.record(visit))
    await vi.waitFor(() => {
      ring(1_000)
      expect(counts).toEqual({ written: 10, lost: 0 })
    })
    expect(tries).toBe(4)
    expect(new Set(await Promise.all(first))).toEqual(new Set(['waiting']))
    expect(written).toEqual(visitsOf(10).map(({ click }) => click?.id))
  },
)

test('a click that cannot be written is given up, and its neighbours are written', async () => {
  let tries = 0
  const { buffer, counts } = createWorld((visits) => {
    tries++
    if (visits.some(({ click }) => click?.id === '7')) throw new Error('seven cannot be written')
    return good(visits)
  })
  const recorded = await Promise.all(visitsOf(20).map((visit) => buffer.record(visit)))
  expect(recorded[7]).toBe('lost')
  expect(recorded.filter((each) => each === 'good')).toHaveLength(19)
  expect(counts).toEqual({ written: 19, lost: 1 })
  expect(tries, 'the set, then one by one').toBe(21)
})

test('a full buffer takes no more, and says how many it did not take', async () => {
  let isAway = true
  const { buffer, counts, ring } = createWorld((visits) =>
    isAway ? Promise.reject(AWAY) : good(visits),
  )
  for (const visit of visitsOf(MAX_WAITING)) void buffer.record(visit)
  expect(await buffer.record(visitOf(-1))).toBe('lost')
  expect(await buffer.record(visitOf(-2))).toBe('lost')
  expect(await buffer.record(LOOK), 'not a click').toBe('lost')
  expect(counts).toEqual({ written: 0, lost: 2 })
  isAway = false
  await vi.waitFor(() => {
    ring(1_000)
    expect(counts).toEqual({ written: MAX_WAITING, lost: 2 })
  })
  expect(await buffer.record(visitOf(-3)), 'there is room again').toBe('good')
})

test('what waits is written before the end', async () => {
  let isAway = true
  let tries = 0
  const { buffer, counts, timers } = createWorld((visits) => {
    tries++
    return isAway ? Promise.reject(AWAY) : good(visits)
  })
  const recorded = buffer.record(visitOf(1))
  await vi.waitFor(() => expect(timers.size, 'the shopper and the next try').toBe(2))
  isAway = false
  await buffer.close()
  expect(await recorded).toBe('good')
  expect([tries, counts]).toEqual([2, { written: 1, lost: 0 }])
  await buffer.close()
})

test('the end waits for three seconds at most, and says what is lost', async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<undefined>()
  const { buffer, counts, timers, ring } = createWorld(async (visits) => {
    await gate
    return good(visits)
  })
  const recorded = visitsOf(3).map((visit) => buffer.record(visit))
  await new Promise(setImmediate)
  const closed = buffer.close()
  ring(3_000)
  await closed
  expect(await Promise.all(recorded)).toEqual(['lost', 'lost', 'lost'])
  expect(counts).toEqual({ written: 0, lost: 3 })
  open(undefined)
  await new Promise(setImmediate)
  expect(counts, 'what was given up is not counted twice').toEqual({ written: 0, lost: 3 })
  expect(timers.size).toBe(0)
})
