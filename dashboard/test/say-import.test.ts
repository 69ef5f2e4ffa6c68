import type { ImportPreview } from '@newcomer/client/browser'
import { expect, test } from 'vitest'
import { repeatKeyOf } from '../src/imports/begin-import.ts'
import { addsUp, saySum, sayStart } from '../src/imports/say-import.ts'
import { sayBytes, sayCounted, sayDuration } from '../src/imports/say-numbers.ts'

const preview: ImportPreview = {
  rows: 12_389,
  created: 12_301,
  updated: 0,
  unchanged: 0,
  rejected: 88,
  removed: 0,
  confirm: null,
  segment_changes: 12,
  is_exact: true,
}

test('the button says what it does', () => {
  expect(sayStart(preview)).toBe('Start: 12,301 created, 88 rejected')
  expect(sayStart({ ...preview, removed: 7, is_exact: false })).toBe(
    'Start: about 12,301 created, 88 rejected, 7 removed',
  )
  expect(sayStart({ ...preview, created: 0, rejected: 0 })).toBe('Start: nothing changes')
})

test('sums are written out', () => {
  expect(saySum(preview)).toBe(
    '12,301 created + 0 updated + 0 unchanged + 88 rejected = 12,389 rows',
  )
  expect(addsUp(preview)).toBe(true)
  expect(addsUp({ ...preview, rows: 12_390 })).toBe(false)
})

test('numbers are said as people say them', () => {
  expect([0, 1, 999, 1_000, 8_388_608, 999_960_000, 2e9].map(sayBytes)).toEqual([
    '0 bytes',
    '1 byte',
    '999 bytes',
    '1 kB',
    '8.4 MB',
    '1 GB',
    '2 GB',
  ])
  expect([0.2, 59, 60, 61, 3_600, 7_500].map(sayDuration)).toEqual([
    '1 s',
    '59 s',
    '1 min',
    '2 min',
    '1 h 0 min',
    '2 h 5 min',
  ])
  expect(sayCounted(1, 'address', 'addresses')).toBe('1 address')
  expect(sayCounted(2_000, 'address', 'addresses')).toBe('2,000 addresses')
})

test('the same file with the same settings goes on with the same import', () => {
  const key = repeatKeyOf('ab', { mode: 'merge', kind: undefined, quiet: false })
  expect(repeatKeyOf('ab', { mode: 'merge' })).toBe(key)
  expect(key).toMatch(/^[\x21-\x7e]{1,255}$/)
  const others = [
    repeatKeyOf('ac', { mode: 'merge' }),
    repeatKeyOf('ab', { mode: 'replace' }),
    repeatKeyOf('ab', { mode: 'merge', kind: 'accounts' }),
    repeatKeyOf('ab', { mode: 'merge', kind: 'purchasers' }),
    repeatKeyOf('ab', { mode: 'merge', quiet: true }),
  ]
  expect(new Set([key, ...others]).size).toBe(6)
})
