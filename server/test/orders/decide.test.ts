import { describe, expect, test } from 'vitest'
import { decide, decidedBy, isConflict, judgeQuote } from '../../src/orders/decide.ts'
import type { UsedQuote } from '../../src/orders/order.ts'

const quote = {
  id: '00000000-0000-4000-8000-000000000001',
  segment: 'new' as const,
  at: '2026-03-01T12:00:00.000Z',
  expires: '2026-03-02T12:00:00.000Z',
}

describe('what an order is paid as', () => {
  test.each([
    ['network', 'new', null, 'new'],
    ['network', 'new', false, 'new'],
    ['network', 'active', true, 'active'],
    ['merchant', 'new', null, 'new'],
    ['merchant', 'new', false, 'active'],
    ['merchant', 'active', true, 'new'],
    ['merchant', 'active', null, 'active'],
    ['both_must_agree', 'new', true, 'new'],
    ['both_must_agree', 'new', false, 'active'],
    ['both_must_agree', 'active', true, 'active'],
    ['both_must_agree', 'active', false, 'active'],
    ['both_must_agree', 'new', null, 'new'],
    ['both_must_agree', 'active', null, 'active'],
  ] as const)('%s, judged %s, claimed new: %s → %s', (policy, judged, claim, expected) => {
    expect(decide({ judged, policy, claim })).toBe(expected)
  })

  test.each([
    ['network', 'new', 'new', false, null, 'network'],
    ['merchant', 'new', 'active', false, null, 'merchant'],
    ['merchant', 'new', 'new', true, null, 'merchant'],
    ['merchant', 'new', 'new', null, null, 'network'],
    ['both_must_agree', 'new', 'active', false, null, 'merchant'],
    ['both_must_agree', 'active', 'active', true, null, 'network'],
    ['network', 'active', 'new', null, 'kept', 'quote'],
    ['network', 'active', 'active', null, 'known-before', 'network'],
  ] as const)(
    '%s, judged %s, paid as %s, claimed new: %s, quote %s: decided by %6$s',
    (policy, verdict, segment, claim, outcome, expected) => {
      const used: UsedQuote | null = outcome && { ...quote, outcome }
      expect(decidedBy({ policy, verdict, segment, claim, quote: used })).toBe(expected)
    },
  )

  test('a claim that differs from the verdict is a conflict, but not of a test order', () => {
    expect(isConflict({ verdict: 'new', claim: false, is_test: false })).toBe(true)
    expect(isConflict({ verdict: 'active', claim: true, is_test: false })).toBe(true)
    expect(isConflict({ verdict: 'new', claim: true, is_test: false })).toBe(false)
    expect(isConflict({ verdict: 'new', claim: null, is_test: false })).toBe(false)
    expect(isConflict({ verdict: 'new', claim: false, is_test: true })).toBe(false)
  })
})

describe('whether a quote is kept', () => {
  const purchasedAt = new Date('2026-03-02T11:00:00.000Z')
  const grounds = { quote, purchasedAt, activeSince: null, isUsed: false }

  test('it protects against a purchase since it was given, to the millisecond', () => {
    const since = (iso: string) => ({ ...grounds, activeSince: new Date(iso) })
    expect(judgeQuote('active', since('2026-03-01T12:00:00.000Z'))).toBe('kept')
    expect(judgeQuote('active', since('2026-03-02T01:00:00.000Z'))).toBe('kept')
    expect(judgeQuote('active', since('2026-03-01T11:59:59.999Z'))).toBe('known-before')
  })

  test('it is for one order, until it expires', () => {
    expect(judgeQuote('active', { ...grounds, isUsed: true })).toBe('used-before')
    const at = (iso: string) => ({ ...grounds, purchasedAt: new Date(iso) })
    expect(judgeQuote('active', at('2026-03-02T12:00:00.000Z'))).toBe('kept')
    expect(judgeQuote('active', at('2026-03-02T12:00:00.001Z'))).toBe('expired')
  })

  test('it only ever makes an order new', () => {
    expect(judgeQuote('new', grounds)).toBe('not-needed')
    const promised = { ...quote, segment: 'active' as const }
    expect(judgeQuote('new', { ...grounds, quote: promised })).toBe('not-needed')
    expect(judgeQuote('active', { ...grounds, quote: promised })).toBe('not-needed')
  })
})
