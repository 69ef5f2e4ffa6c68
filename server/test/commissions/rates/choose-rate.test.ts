import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  chooseRate,
  chooseVersion,
  firstStart,
} from '../../../src/commissions/rates/choose-rate.ts'
import { listStays, overlap, stateOf } from '../../../src/commissions/rates/rate-card.ts'
import type { RateCardVersion } from '../../../src/commissions/rates/rate-card.ts'
import { rateToWire, parseRates } from '../../../src/commissions/rates/parse-rate.ts'
import { calculate, isInForce } from './calculator.ts'
import type { WireCard } from './calculator.ts'

describe('the rate of a line', () => {
  const choose = (
    rates: Parameters<typeof parseRates>[0],
    line: Partial<Parameters<typeof chooseRate>[1]> = {},
  ) => {
    const about = { segment: 'new' as const, currency: 'USD', category: [] }
    const rate = chooseRate(parseRates(rates), { ...about, ...line })
    return rate && rateToWire(rate)
  }
  const flat = { percent: 1 }

  test('is that of the narrowest category, whatever the segment', () => {
    const shoes = { category: 'Shoes', percent: 0 }
    const own = { segment: 'new' as const, percent: 9 }
    const wide = { category: 'Clothes', segment: 'new' as const, percent: 7 }
    const category = ['clothes', ' SHOES ', 'unheard of']
    expect(choose([wide, own, shoes, flat], { category })).toMatchObject({ percent: '0' })
    expect(choose([wide, own, flat], { category })).toMatchObject({ percent: '7' })
    expect(choose([wide, own, flat], { category: ['hats'] })).toMatchObject({ percent: '9' })
  })

  test('then that of the segment, which nobody has while segments are off', () => {
    const rates = [flat, { segment: 'new' as const, percent: 9 }]
    expect(choose(rates)).toMatchObject({ percent: '9' })
    expect(choose(rates, { segment: 'active' })).toMatchObject({ percent: '1' })
    expect(choose(rates, { segment: null })).toMatchObject({ percent: '1' })
  })

  test('then a fixed rate, in the currency of the order only', () => {
    const rates = [flat, { fixed: 5, currency: 'EUR' }, { fixed: 7, currency: 'USD' }]
    expect(choose(rates)).toMatchObject({ fixed: 7 })
    expect(choose(rates, { currency: 'EUR' })).toMatchObject({ fixed: 5 })
    expect(choose(rates, { currency: 'JPY' })).toMatchObject({ percent: '1' })
    // The segment comes first.
    const own = { segment: 'new' as const, percent: 9 }
    expect(choose([...rates, own])).toMatchObject({ percent: '9' })
  })
})

describe('rates on the wire', () => {
  test.each<[string | number, string]>([
    ['5.25', '5.25'],
    [5.25, '5.25'],
    ['10.0000000', '10'],
    [100, '100'],
    ['0', '0'],
    [0.0001, '0.0001'],
    ['007.5', '7.5'],
  ])('%s %% is %s', (percent, text) => {
    const [rate] = parseRates([{ percent }])
    expect(rateToWire(rate!)).toEqual({ segment: 'default', category: null, percent: text })
  })

  test.each<[string | number]>([
    ['0.00005'],
    [0.00005],
    [1e-7],
    ['100.0001'],
    ['1000'],
    [-1],
    ['-0'],
    ['1e1'],
    ['5,25'],
    ['.5'],
    ['5.'],
    [''],
    [' 5'],
    ['5%'],
    ['NaN'],
  ])('%s %% is refused', (percent) => {
    expect(() => parseRates([{ percent: 1 }, { segment: 'new', percent }])).toThrow(
      expect.objectContaining({
        message: 'rates[1].percent must be from 0 to 100, with at most four decimals, such as 5.25',
        details: { field: 'rates[1].percent' },
      }),
    )
  })

  test('two about the same are refused, whatever they look like', () => {
    const same = [
      { category: 'Shoes', percent: 1 },
      { segment: 'default' as const, category: ' shoes', percent: 2 },
    ]
    expect(() => parseRates(same)).toThrow('rates[1] is about the same as rates[0]')
    const different = [
      { percent: 1 },
      { fixed: 1, currency: 'USD' },
      { fixed: 1, currency: 'EUR' },
      { segment: 'new' as const, percent: 1 },
      { category: 'shoes', percent: 1 },
    ]
    expect(parseRates(different)).toHaveLength(5)
  })

  test.each([
    [{ percent: 1, fixed: 1, currency: 'USD' }, 'rates[0]'],
    [{ percent: 1, currency: 'USD' }, 'rates[0].currency'],
    [{ percent: 1, category: '  ' }, 'rates[0].category'],
  ])('%j is refused', (rate, field) => {
    expect(() => parseRates([rate])).toThrow(expect.objectContaining({ details: { field } }))
  })
})

const DAYS = 12
const day = (number: number): Date => new Date(Date.UTC(2025, 0, 1 + number))
const days = Array.from({ length: DAYS }, (_, number) => number)
const PUBLISHERS = [1, 2]

const wireVersion = fc
  .tuple(fc.integer({ min: 0, max: DAYS - 1 }), fc.option(fc.integer({ min: 0, max: 6 })))
  .map(([start, length]) => ({
    start_date: day(start).toISOString(),
    end_date: length === null ? null : day(start + length).toISOString(),
    rates: [{ percent: 1 }],
  }))
const wireCards = fc
  .array(
    fc.tuple(
      fc.constantFrom('1', '2', null),
      fc.array(wireVersion, { minLength: 1, maxLength: 3 }),
    ),
    { maxLength: 6 },
  )
  .map((drafts) =>
    drafts.map(([publisher, versions], index): WireCard => ({
      id: `card ${index}`,
      publisher_id: publisher,
      versions: versions.map((version, at) => ({ version: at + 1, ...version })),
    })),
  )

function toVersions({ id, publisher_id: publisher, versions }: WireCard): RateCardVersion[] {
  return versions.map(({ version, start_date: start, end_date: end, rates }) => ({
    card: id,
    version,
    merchant: 3,
    publisher: publisher === null ? null : Number(publisher),
    name: id,
    start: new Date(start),
    end: end === null ? null : new Date(end),
    rates: parseRates(rates),
    createdAt: day(0),
  }))
}

/** Whether a version is in force, day by day. */
const daysOf = (card: WireCard): number[] =>
  days.filter((at) => card.versions.some((version) => isInForce(card, version, day(at))))

test('of any cards, the version in force is the one that the calculator finds', () => {
  fc.assert(
    fc.property(wireCards, (drafts) => {
      const cards: WireCard[] = []
      for (const draft of drafts) {
        const rivals = cards.filter(({ publisher_id: scope }) => scope === draft.publisher_id)
        const shared = rivals.some((rival) => {
          const theirs = daysOf(rival)
          return daysOf(draft).some((at) => theirs.includes(at))
        })
        // What is refused when a card is made.
        const mine = listStays(toVersions(draft))
        const others = listStays(rivals.flatMap(toVersions))
        expect(others.some((left) => mine.some((right) => overlap(left, right)))).toBe(shared)
        if (!shared) cards.push(draft)
      }
      const versions = cards.flatMap(toVersions)
      for (const publisher of PUBLISHERS) expectSame(cards, versions, publisher)
      for (const card of cards) expectState(card)
    }),
    { numRuns: 1_000 },
  )
})

function expectSame(cards: WireCard[], versions: RateCardVersion[], publisher: number): void {
  const order = { total: 100, currency: 'USD' }
  const expected = days.map((at) => calculate(cards, order, `${publisher}`, null, day(at)))
  for (const [at, { card, version }] of expected.entries()) {
    const chosen = chooseVersion(versions, publisher, day(at))
    expect([chosen?.card ?? null, chosen?.version ?? null]).toEqual([card, version])
  }
  const first = expected.findIndex(({ card }) => card !== null)
  expect(firstStart(versions, publisher)).toEqual(first < 0 ? undefined : day(first))
}

function expectState(card: WireCard): void {
  const inForce = daysOf(card)
  for (const at of days) {
    const { state, version } = stateOf(toVersions(card), day(at))
    const next = inForce.find((each) => each >= at)
    const expected = next === at ? 'in_force' : next === undefined ? 'ended' : 'scheduled'
    expect(state).toBe(expected)
    const shown = card.versions.find((each) => isInForce(card, each, day(next ?? -1)))
    expect(version.version).toBe(shown?.version ?? card.versions.length)
  }
}

test('an instant belongs to the version that starts then, and not to the one that ends', () => {
  const card = {
    id: 'card',
    publisher_id: null,
    versions: [
      { version: 1, start_date: '2025-01-01', end_date: null, rates: [{ percent: 1 }] },
      { version: 2, start_date: '2025-01-02', end_date: '2025-01-03', rates: [{ percent: 2 }] },
    ],
  }
  const versions = toVersions(card)
  const at = (text: string) => chooseVersion(versions, 1, new Date(text))?.version
  expect(at('2024-12-31T23:59:59.999Z')).toBeUndefined()
  expect(at('2025-01-01T00:00:00.000Z')).toBe(1)
  expect(at('2025-01-01T23:59:59.999Z')).toBe(1)
  expect(at('2025-01-02T00:00:00.000Z')).toBe(2)
  expect(at('2025-01-03T00:00:00.000Z'), 'the first does not come back').toBeUndefined()
})
