import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FeedKey } from '../../../src/webhooks/feed/feed-store.ts'
import { compareKeys, sortFeed } from '../../../src/webhooks/feed/sort-feed.ts'
import {
  packSnapshot,
  toPgSnapshot,
  unpackSnapshot,
} from '../../../src/webhooks/feed/tx-snapshot.ts'

/** Each subject's events, from 1 on, written by any txs. */
const histories = fc
  .array(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 6 }), { maxLength: 5 })
  .map((ofSubjects) =>
    ofSubjects.flatMap((txs, index) =>
      txs.map((tx, at): FeedKey => ({ tx, subject: `subject-${index}`, sequence: at + 1 })),
    ),
  )

test('in pages of any size, everything is told once, and each subject in order', () => {
  fc.assert(
    fc.property(histories, fc.integer({ min: 1, max: 7 }), (events, pageSize) => {
      const sorted = [...events].sort(compareKeys)
      const told: FeedKey[] = []
      for (let at = 0; at < sorted.length; at += pageSize) {
        const page = sorted.slice(at, at + pageSize)
        const subjects = new Set(page.map(({ subject }) => subject))
        const theirs = events.filter(({ subject }) => subjects.has(subject))
        told.push(...sortFeed(theirs, sorted[at - 1], page.at(-1)!))
      }
      expect([...told].sort(compareKeys)).toEqual(sorted)
      for (const ofOne of Map.groupBy(told, ({ subject }) => subject).values()) {
        expect(ofOne.map(({ sequence }) => sequence)).toEqual(ofOne.map((_, index) => index + 1))
      }
    }),
  )
})

test('where nothing waited for anything, the order is that of the txs', () => {
  const key = (tx: number, subject: string, sequence: number) => ({ tx, subject, sequence })
  const [first, second, third] = [key(1, 'b', 1), key(2, 'a', 1), key(3, 'b', 2)]
  expect(sortFeed([third, second, first], undefined, third)).toEqual([first, second, third])
  expect(sortFeed([third, second, first], first, second)).toEqual([second])
})

test('a snapshot is packed and unpacked; what was not packed here is unknown', () => {
  const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { maxLength: 30 })
  fc.assert(
    fc.property(numbers, fc.integer({ min: 10_001, max: 2 ** 50 }), (open, next) => {
      const snapshot = { next, open: open.sort((a, b) => a - b) }
      expect(unpackSnapshot(packSnapshot(snapshot))).toEqual(snapshot)
    }),
  )
  expect(toPgSnapshot({ next: 9, open: [4, 7] })).toBe('4:9:4,7')
  expect(toPgSnapshot({ next: 9, open: [] })).toBe('9:9:')
  for (const text of ['', '0', '5.0', '5.5', '5.2.3', '5.-1', 'zzzzzzzzzzz1', 'ZZ', null, 5]) {
    expect(unpackSnapshot(text)).toBeUndefined()
  }
})

test('beside many open txs a cursor stays short', () => {
  const open = Array.from({ length: 500 }, (_, index) => 5_000_000_000 + index * 7)
  expect(packSnapshot({ next: 5_000_004_000, open }).length).toBeLessThan(1_200)
})
