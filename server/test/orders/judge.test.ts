import { describe, expect, test } from 'vitest'
import { judge } from '../../src/orders/judge.ts'
import type { Candidate, MatchFacts } from '../../src/orders/judge.ts'

const MERCHANT = 7
const PUBLISHER = 3
const at = new Date('2026-03-01T12:00:00.000Z')
const earlier = new Date('2026-01-01T00:00:00.000Z')

const keyOf = (owner: number, number: number): string =>
  `${owner.toString(16).padStart(8, '0')}-0000-0000-0000-${String(number).padStart(12, '0')}`
const buyer = keyOf(MERCHANT, 1)
const identityOf = (id: string, buyers: string[], holders = buyers) => ({ id, holders, buyers })

const candidate = (more: Partial<Candidate>): Candidate => ({
  order: 'order',
  customer: keyOf(MERCHANT, 2),
  identities: [],
  referred: null,
  click: null,
  total: 100,
  currency: 'USD',
  ...more,
})
const sent = (id: string): Candidate['referred'] => ({
  publisher: PUBLISHER,
  identities: [{ id, matched: 'email_sha256' }],
})

function knowing(identities: MatchFacts['identities']): MatchFacts {
  const purchases = new Map([[buyer, { order: 'first', import: null, at: earlier }]])
  return { merchant: MERCHANT, purchases, identities }
}

describe('the customer that a publisher sent', () => {
  const known = knowing(new Map([['x', identityOf('x', [buyer])]]))

  test('is active by what only the publisher knows of them', () => {
    const [judgement] = judge([candidate({ referred: sent('x') })], known, at)
    expect(judgement).toMatchObject({
      segment: 'active',
      evidence: { matched: 'email_sha256', through: 'publisher', order: 'first' },
      activeSince: earlier,
    })
    expect(judge([candidate({ referred: sent('y') })], known, at)[0]?.segment).toBe('new')
  })

  test('is active also where the merchant names nobody', () => {
    const [judgement] = judge([candidate({ customer: null, referred: sent('x') })], known, at)
    expect(judgement?.segment).toBe('active')
  })

  test('what the merchant knows itself is the stronger evidence; the oldest counts for quotes', () => {
    const purchases = new Map([
      [buyer, { order: 'first', import: null, at: earlier }],
      [keyOf(MERCHANT, 2), { order: 'second', import: null, at }],
    ])
    const [judgement] = judge([candidate({ referred: sent('x') })], { ...known, purchases }, at)
    expect(judgement?.evidence).toMatchObject({ matched: 'customer_id', order: 'second' })
    expect(judgement?.activeSince).toEqual(earlier)
  })

  test('an identifier that is over-shared at the publisher tells nothing', () => {
    const crowd = Array.from({ length: 101 }, (_, index) => keyOf(PUBLISHER, index))
    const shared = knowing(new Map([['x', identityOf('x', [buyer], [buyer, ...crowd])]]))
    expect(judge([candidate({ referred: sent('x') })], shared, at)[0]?.segment).toBe('new')
    const own = candidate({ identities: [{ id: 'x', matched: 'email_sha256' }] })
    expect(judge([own], shared, at)[0]?.segment).toBe('active')
  })

  test('an order before it in the same set is known to it', () => {
    const first = candidate({
      order: 'o1',
      identities: [{ id: 'z', matched: 'email_sha256' }],
    })
    const second = candidate({ order: 'o2', customer: keyOf(MERCHANT, 9), referred: sent('z') })
    const [one, two] = judge([first, second], known, at)
    expect(one?.segment).toBe('new')
    expect(two?.evidence).toMatchObject({ through: 'publisher', order: 'o1' })
    expect(judge([second, first], known, at).map(({ segment }) => segment)).toEqual(['new', 'new'])
  })
})
