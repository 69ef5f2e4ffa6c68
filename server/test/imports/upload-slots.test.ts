import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createUploadSlots } from '../../src/imports/upload-slots.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const options = { capacity: 3, capacityPerOwner: 2, timeoutMs: 1_000, maxQueued: 3 }

/** Who is inside, in the order of their entrance. */
function start(reserved = 0) {
  const slots = createUploadSlots({ ...options, reserved })
  const inside: string[] = []
  const releases = new Map<string, () => void>()
  return {
    inside,
    come(name: string): Promise<string> {
      return slots.acquire(name.codePointAt(0)!).then(
        (release) => {
          inside.push(name)
          releases.set(name, release)
          return 'inside'
        },
        (error: Error & { status?: number }) => `sent away with ${error.status}`,
      )
    },
    async leave(name: string): Promise<void> {
      releases.get(name)?.()
      await vi.advanceTimersByTimeAsync(0)
    },
  }
}

test('so many enter at once, of one and the same fewer, and then in the order of the line', async () => {
  const { inside, come, leave } = start()
  for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) void come(name)
  await vi.advanceTimersByTimeAsync(0)
  expect(inside).toEqual(['a1', 'a2', 'b1'])
  await leave('b1')
  expect(inside).toEqual(['a1', 'a2', 'b1', 'b2'])
  await leave('a2')
  expect(inside.at(-1)).toBe('a3')
  await leave('a1')
  expect(inside.at(-1)).toBe('c1')
  for (const name of ['a3', 'b2', 'c1']) await leave(name)
  for (const name of ['d1', 'd2', 'd3']) void come(name)
  await vi.advanceTimersByTimeAsync(0)
  expect(inside.slice(6)).toEqual(['d1', 'd2'])
})

test('who waits too long is sent away, and who finds a long line at once', async () => {
  const { inside, come, leave } = start()
  const [, , , late, waiting] = ['a1', 'b1', 'b2', 'c1', 'a2'].map(come)
  await vi.advanceTimersByTimeAsync(999)
  const further = ['c2', 'c3'].map(come)
  expect(await further[1]).toBe('sent away with 503')
  await leave('b2')
  expect(await late).toBe('inside')
  await vi.advanceTimersByTimeAsync(1)
  expect(await waiting).toBe('sent away with 503')
  await leave('b1')
  expect(inside).toEqual(['a1', 'b1', 'b2', 'c1', 'c2'])
})

test('those that hold none get in beside any two that hold all they can', async () => {
  const { inside, come, leave } = start(2)
  for (const name of ['a1', 'a2', 'b1', 'b2', 'c1', 'd1', 'e1']) void come(name)
  await vi.advanceTimersByTimeAsync(0)
  expect(inside).toEqual(['a1', 'a2', 'b1', 'c1', 'd1'])
  // A second slot is had only while there is one for anybody.
  await leave('d1')
  expect(inside.slice(5)).toEqual(['e1'])
  for (const name of ['c1', 'e1']) await leave(name)
  expect(inside.slice(6)).toEqual([])
  await leave('a2')
  expect(inside.slice(6)).toEqual(['b2'])
})
