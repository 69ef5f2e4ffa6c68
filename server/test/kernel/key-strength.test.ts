import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { isStrongKey } from '../../src/kernel/key-strength.ts'

test.each([
  'a'.repeat(64),
  'abcdefghijklmnopqrstuvwxyz',
  '1234567890123456',
  'passwordpassword',
  'Password123!Password123!Password123!',
  'newcomer-operator-key-2026',
  'correcthorsebatterystaple',
  'correct horse battery staple',
  'qwertyuiopasdfghjkl',
  'NewcomerAdmin2026!Secret',
  'op-change-me-please',
  'abab-abab-abab-abab-abab',
  '2026-01-01-2025-12-31',
])('%s is refused', (key) => {
  expect(isStrongKey(key)).toBe(false)
})

test('what a generator makes is taken', () => {
  const makers = [
    () => randomBytes(32).toString('base64'),
    () => randomBytes(32).toString('hex'),
    () => `op-${randomBytes(24).toString('base64url')}`,
  ]
  for (const make of makers) {
    const keys = Array.from({ length: 2_000 }, make)
    expect(keys.filter((key) => !isStrongKey(key))).toEqual([])
  }
})
