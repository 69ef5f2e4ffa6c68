import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { computeCommissions } from '../../../src/commissions/rates/compute-commission.ts'
import { parseRates } from '../../../src/commissions/rates/parse-rate.ts'
import { calculate } from './calculator.ts'
import type { WireOrder, WireRate } from './calculator.ts'

interface Line {
  total: number
  category?: string[]
}

function commissionsOf(
  rates: WireRate[],
  order: { total?: number; currency?: string; lines?: Line[]; segment?: 'new' | 'active' | null },
): number[] {
  return pay(rates, order).map(({ commission }) => commission)
}

function pay(rates: WireRate[], order: Parameters<typeof commissionsOf>[1]) {
  const { segment = 'new', currency = 'USD', lines = [] } = order
  return computeCommissions(parseRates(rates), {
    segment,
    currency,
    total: order.total ?? lines.reduce((sum, { total }) => sum + total, 0),
    lines: lines.map(({ total, category = [] }) => ({ total, category })),
  })
}

const totals = (...lines: number[]): { lines: Line[] } => ({
  lines: lines.map((total) => ({ total })),
})
const fixed = (amount: number): WireRate[] => [{ fixed: amount, currency: 'USD' }]

describe('a percentage', () => {
  test.each<[string, number, number]>([
    ['2', 2299, 45],
    ['5.25', 2299, 120],
    ['0.0001', 999_999, 0],
    ['0.0001', 1_000_000, 1],
    ['100', 2 ** 53 - 1, 2 ** 53 - 1],
    ['99.9999', 2 ** 53 - 1, 9_007_190_247_541_736],
    ['0', 2299, 0],
  ])('%s %% of %d is %d', (percent, total, commission) => {
    expect(commissionsOf([{ percent }], { total })).toEqual([commission])
  })

  test('is truncated toward zero line by line, also below it', () => {
    expect(commissionsOf([{ percent: 2 }], totals(2299, 2299, -2299, 49))).toEqual([45, 45, -45, 0])
  })
})

describe('a fixed rate', () => {
  test.each<[string, number, number[], number[]]>([
    ['in proportion', 300, [100, 200], [100, 200]],
    ['by largest remainder', 100, [1, 1, 4], [17, 17, 66]],
    ['the earlier line first among equals', 101, [5, 5, 5], [34, 34, 33]],
    ['not to lines that cost nothing or less', 100, [50, 0, -10, 50], [50, 0, 0, 50]],
    ['not at all once all is refunded', 100, [50, -50], [0, 0]],
    ['beyond 2^53 in between', 1e12, [2 ** 53 - 1, 2 ** 53 - 2], [500000000000, 500000000000]],
  ])('is allotted %s', (_name, amount, lines, commissions) => {
    expect(commissionsOf(fixed(amount), totals(...lines))).toEqual(commissions)
  })

  test('is paid once an order without lines', () => {
    expect(commissionsOf(fixed(500), { total: 2299 })).toEqual([500])
    expect(commissionsOf(fixed(500), { total: 0 })).toEqual([0])
  })

  test('is shared evenly by lines that cost nothing, beside others that do', () => {
    const rates = [{ category: 'gift', fixed: 100, currency: 'USD' }, { percent: 10 }]
    const gift = { total: 0, category: ['gift'] }
    const lines = [gift, gift, { total: 1_000 }, gift]
    expect(commissionsOf(rates, { lines })).toEqual([34, 33, 100, 33])
    // What a refund leaves nothing of has cost something.
    const cheap = [{ total: 1, category: ['gift'] }, { total: 1_000 }]
    expect(commissionsOf(rates, { lines: cheap, total: 1 })).toEqual([0, 0])
  })

  test('is paid once for all lines that chose it, and each that was chosen is paid', () => {
    const rates = [...fixed(100), { category: 'shoes', fixed: 31, currency: 'USD' }]
    const shoes = { total: 10, category: ['shoes'] }
    const lines = [{ total: 10 }, shoes, { total: 30 }, shoes]
    expect(commissionsOf(rates, { lines })).toEqual([25, 16, 75, 15])
  })
})

describe('an amount', () => {
  test('is never negative: the last lines take nothing that is not there', () => {
    expect(commissionsOf([{ percent: 10 }], totals(-190, 1_500, -1_280))).toEqual([-19, 150, -128])
    expect(commissionsOf([{ percent: 2 }], totals(49, 49, -97))).toEqual([0, 0, 0])
  })

  test('of an order that costs nothing is nothing, whatever its lines say', () => {
    const zero = { total: 0 }
    expect(commissionsOf([{ percent: 10 }], { ...totals(-100, 150, -70, -300), ...zero })).toEqual([
      0, 0, 0, 0, 0,
    ])
    expect(commissionsOf([{ percent: 10 }], { ...totals(10_000), ...zero })).toEqual([0])
    expect(commissionsOf(fixed(100), { ...totals(10_000, 5), ...zero })).toEqual([0, 0])
    expect(commissionsOf(fixed(100), { ...totals(0, 0, 0), ...zero })).toEqual([0, 0, 0])
  })

  test('beyond 2^53 - 1 is refused, up to it is not', () => {
    const most = 2 ** 53 - 1
    expect(commissionsOf([{ percent: 100 }], totals(most - 1, 1))).toEqual([most - 1, 1])
    expect(() => commissionsOf([{ percent: 100 }], totals(most, 1))).toThrow(
      expect.objectContaining({ status: 400, details: { field: 'line_items' } }),
    )
  })

  test('is nothing for lines that no rate is about', () => {
    expect(commissionsOf([{ category: 'a', percent: 5 }], totals(100, 200))).toEqual([0, 0])
    expect(commissionsOf([{ segment: 'active', percent: 5 }], totals(100))).toEqual([0])
    expect(commissionsOf(fixed(5), { total: 100, currency: 'EUR' })).toEqual([0])
  })
})

describe('a total', () => {
  const rates = [
    { percent: 10 },
    { category: 'shoes', percent: 50 },
    { category: 'none', percent: 0 },
    { category: 'one', percent: 1 },
  ]
  const line = (total: number, ...category: string[]) => ({ total, category })
  const bases = (lines: Line[], total: number) => pay(rates, { lines, total })

  test.each<[string, Line[], number, [base: number, commission: number][]]>([
    ['below a line is paid on', [line(10_000)], 2_500, [[2_500, 250]]],
    [
      'below lines is theirs in proportion',
      [line(100), line(50, 'shoes')],
      75,
      [
        [50, 5],
        [25, 12],
      ],
    ],
    [
      'is allotted to the last unit',
      [line(5), line(5), line(5)],
      14,
      [
        [5, 0],
        [5, 0],
        [4, 0],
      ],
    ],
    [
      'is theirs also where one takes away',
      [line(100), line(-20)],
      40,
      [
        [50, 5],
        [-10, -1],
      ],
    ],
    [
      'leaves zero lines at zero',
      [line(0), line(100)],
      50,
      [
        [0, 0],
        [50, 5],
      ],
    ],
    [
      'above lines leaves a rest',
      [line(100, 'shoes')],
      10_000,
      [
        [100, 50],
        [9_900, 990],
      ],
    ],
    [
      'above nothing is a rest',
      [line(-300)],
      50,
      [
        [-300, -30],
        [350, 35],
      ],
    ],
    [
      'that equals them leaves none',
      [line(30), line(20)],
      50,
      [
        [30, 3],
        [20, 2],
      ],
    ],
  ])('%s', (_, lines, total, expected) => {
    expect(bases(lines, total).map((each) => [each.base, each.commission])).toEqual(expected)
  })

  test.each<[string, Line[], [base: number, commission: number][]]>([
    [
      'no rate is about',
      [line(1_000, 'shoes'), line(-900, 'none')],
      [
        [100, 50],
        [0, 0],
      ],
    ],
    [
      'a lower rate is about',
      [line(1_000, 'shoes'), line(-900, 'one')],
      [
        [100, 50],
        [0, 0],
      ],
    ],
    [
      'is a part of others’ rate',
      [line(1_000), line(600), line(500, 'shoes'), line(-100), line(-1_500, 'one')],
      [
        [250, 25],
        [150, 14],
        [125, 62],
        [-25, -2],
        [0, 0],
      ],
    ],
  ])('is what is paid on where a voucher that %s takes away', (_, lines, expected) => {
    const total = lines.reduce((sum, each) => sum + each.total, 0)
    const paid = bases(lines, total)
    expect(paid.map(({ base }) => base).reduce((a, b) => a + b)).toBe(total)
    expect(paid.map((each) => [each.base, each.commission])).toEqual(expected)
  })

  test('isn’t exceeded by what small refunds lose in truncation', () => {
    expect(commissionsOf([{ percent: 1 }], totals(100, 100, -50, -50, -50, -49))).toEqual([
      0, 0, 0, 0, 0, 0,
    ])
  })
})

const categories = ['a', 'B ', 'c', ' Ä ']
const wireRate = fc
  .record({
    segment: fc.constantFrom('new', 'active', 'default', undefined),
    category: fc.constantFrom(...categories, null, undefined),
    percent: fc.integer({ min: 0, max: 1_000_000 }).map((parts) => parts / 10_000),
    asText: fc.boolean(),
    fixed: fc.oneof(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 1e12 })),
    currency: fc.constantFrom('USD', 'eur', null, null),
  })
  .map(({ percent, asText, fixed: amount, currency, segment, category }): WireRate => {
    const about = { ...(segment && { segment }), ...(category !== undefined && { category }) }
    if (currency !== null) return { ...about, fixed: amount, currency }
    return { ...about, percent: asText ? percent.toFixed(4) : percent }
  })
const wireRates = fc.uniqueArray(wireRate, {
  maxLength: 12,
  selector: ({ segment, category, currency }) =>
    JSON.stringify([segment ?? 'default', category ?? null, currency ?? null]),
})
const lineTotal = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -300, max: 300 }) },
  { weight: 2, arbitrary: fc.integer({ min: -100_000, max: 10_000_000 }) },
  { weight: 1, arbitrary: fc.maxSafeInteger() },
)
const line = fc.record({
  total: lineTotal,
  category: fc.array(fc.constantFrom('A', 'b', ' C', 'ä', 'd'), { maxLength: 4 }),
})
const segment = fc.constantFrom('new', 'active', null)

test('any order under any rates pays what the calculator says, and never less than nothing', () => {
  const cases = fc.tuple(
    wireRates,
    fc.array(line, { maxLength: 8 }),
    fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 10_000_000 })),
    fc.constantFrom('USD', 'EUR', 'JPY'),
    segment,
  )
  fc.assert(
    fc.property(cases, ([rates, lines, total, currency, paidAs]) => {
      const order = { total, currency, line_items: lines }
      const compute = () => commissionsOf(rates, { total, currency, lines, segment: paidAs })
      const expected = calculateUnder(rates, order, paidAs)
      if (expected === undefined) {
        expect(compute).toThrow('2^53')
        return
      }
      const paid = pay(rates, { total, currency, lines, segment: paidAs })
      const commissions = compute()
      expect(commissions).toEqual(expected.commissions)
      const sum = commissions.reduce((left, right) => left + BigInt(right), 0n)
      expect(sum).toBe(BigInt(expected.amount))
      expect(paid.map(({ base }) => base)).toEqual(expected.bases)
      expect(paid.reduce((all, { base }) => all + BigInt(base), 0n)).toBe(BigInt(total))
      const reported = lines.reduce((all, each) => all + BigInt(each.total), 0n)
      const hasRest = lines.length > 0 && reported < BigInt(total)
      expect(sum >= 0n && commissions.length === Math.max(1, lines.length) + Number(hasRest)).toBe(
        true,
      )
      const highest = Math.max(0, ...rates.map(({ percent }) => Number(percent ?? 0)))
      const isPercent = rates.every(({ percent }) => percent !== undefined)
      if (isPercent) expect(Number(sum)).toBeLessThanOrEqual((total * highest) / 100)
    }),
    { numRuns: 3_000 },
  )
})

/** Undefined where it is too much. */
function calculateUnder(rates: WireRate[], order: WireOrder, paidAs: 'new' | 'active' | null) {
  const version = { version: 1, start_date: '2025-01-01T00:00:00Z', end_date: null, rates }
  const cards = [{ id: 'ratecard', publisher_id: null, versions: [version] }]
  try {
    return calculate(cards, order, 'org', paidAs, new Date('2025-01-02'))
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
