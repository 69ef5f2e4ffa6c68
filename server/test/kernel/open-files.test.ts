import { expect, test } from 'vitest'
import {
  connectionsBelow,
  databaseFilesBelow,
  readOpenFilesLimit,
} from '../../src/kernel/open-files.ts'

test('callers leave files for the rest of the program', () => {
  expect(connectionsBelow(1_024, 10)).toBe(614)
  expect(connectionsBelow(256, 10)).toBe(118)
  expect(connectionsBelow(1_048_576, 10)).toBe(65_535)
  expect(connectionsBelow(64, 10)).toBe(50)
  for (let limit = 256; limit < 100_000; limit += 97) {
    expect(connectionsBelow(limit, 10)).toBeLessThanOrEqual(limit * 0.75)
  }
})

test('the database and callers together leave files for the rest', () => {
  expect([256, 1_024, 65_536].map(databaseFilesBelow)).toEqual([64, 256, 256])
  for (let limit = 256; limit < 100_000; limit += 97) {
    expect(databaseFilesBelow(limit) + connectionsBelow(limit, 10)).toBeLessThan(limit - 50)
  }
})

test('the limit of this process is read', () => {
  expect(readOpenFilesLimit()).toBeGreaterThanOrEqual(64)
})
