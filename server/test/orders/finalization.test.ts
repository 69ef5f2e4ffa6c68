import { expect, test } from 'vitest'
import { finalizationOf } from '../../src/orders/finalization.ts'

const accepted = new Date('2025-03-04T10:00:00.000Z')
const inDays = (days: number): Date => new Date(accepted.getTime() + days * 86_400_000)
const final = (date: Date | null, finalizationDays = 30): Date =>
  finalizationOf(date?.toISOString() ?? null, { finalizationDays }, accepted)

test('an order becomes final at its date, and after 400 days at the latest', () => {
  expect(final(null)).toEqual(inDays(30))
  expect(final(inDays(-900))).toEqual(inDays(-900))
  expect(final(inDays(400))).toEqual(inDays(400))
  expect(final(inDays(401))).toEqual(inDays(400))
  expect(final(new Date('9999-12-31T23:59:59.000Z'))).toEqual(inDays(400))
})

test('where the operator lets a merchant keep its orders open for longer, after as long', () => {
  expect(final(inDays(700), 730)).toEqual(inDays(700))
  expect(final(inDays(731), 730)).toEqual(inDays(730))
  expect(final(null, 730)).toEqual(inDays(730))
})
