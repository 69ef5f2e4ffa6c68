import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RateCardVersion } from '../../src/commissions/rates/rate-card.ts'
import type { Rate } from '../../src/commissions/rates/rate.ts'
import { listOffers } from '../../src/offers/offer.ts'

const at = new Date('2025-03-04T10:00:00.000Z')
const versionOf = (rates: Rate[], version = 1): RateCardVersion => ({
  card: 'ratecard-0000000000000001',
  version,
  merchant: 1,
  publisher: null,
  name: 'card',
  start: at,
  end: null,
  rates,
  createdAt: at,
})

const SEGMENTS = ['new', 'active', null] as const
const segment = fc.constantFrom(...SEGMENTS)
const category = fc.constantFrom(null, 'shoes', 'gift cards', 'tea')
const subject = { segment, category }
const rate: fc.Arbitrary<Rate> = fc.oneof(
  fc.record({ ...subject, percent: fc.constantFrom(0, 20_000, 52_500, 1_000_000) }),
  fc.record({
    ...subject,
    fixed: fc.constantFrom(0, 500, 700),
    currency: fc.constantFrom('EUR', 'USD'),
  }),
)
const formOf = (each: Rate): string => ('fixed' in each ? each.currency : '%')
const rates = fc.uniqueArray(rate, {
  minLength: 1,
  maxLength: 30,
  selector: (each) => `${each.segment} ${each.category} ${formOf(each)}`,
})

/** The rate of an order of one line, found by trying out what would be better, step by step. */
function paid(all: Rate[], segment: Rate['segment'], currency: string, category: string | null) {
  for (const its of category === null ? [null] : [category, null])
    for (const whose of segment === null ? [null] : [segment, null])
      for (const form of [currency, '%']) {
        const found = all.find(
          (each) => each.category === its && each.segment === whose && formOf(each) === form,
        )
        if (found) return found
      }
  return undefined
}

test('offered is exactly what some order of the segment would be paid by', () => {
  fc.assert(
    fc.property(rates, segment, (all, whose) => {
      const expected = new Set<Rate>()
      for (const currency of ['EUR', 'USD', 'JPY'])
        for (const its of [null, 'shoes', 'gift cards', 'tea', 'unheard of']) {
          const found = paid(all, whose, currency, its)
          if (found) expected.add(found)
        }
      const offers = listOffers(versionOf(all), whose)
      expect(new Set(offers.map((offer) => offer.rate))).toEqual(expected)
      expect(offers).toHaveLength(expected.size)
    }),
    { numRuns: 2_000 },
  )
})

test('ranks are total, and do not depend on the order of the rates', () => {
  fc.assert(
    fc.property(
      rates.chain((all) =>
        fc.record({
          all: fc.constant(all),
          shuffled: fc.shuffledSubarray(all, { minLength: all.length }),
        }),
      ),
      segment,
      ({ all, shuffled }, whose) => {
        const offers = listOffers(versionOf(all), whose)
        expect(offers.map(({ rank }) => rank)).toEqual(offers.map((_, index) => index + 1))
        expect(listOffers(versionOf(shuffled), whose)).toEqual(offers)
      },
    ),
  )
})

test('best first: percentages, amounts by currency, and last what pays nothing', () => {
  const all: Rate[] = [
    { segment: null, category: 'gift cards', percent: 0 },
    { segment: null, category: null, fixed: 500, currency: 'USD' },
    { segment: 'new', category: null, percent: 50_000 },
    { segment: null, category: 'tea', fixed: 700, currency: 'USD' },
    { segment: null, category: 'shoes', percent: 100_000 },
    { segment: null, category: 'books', percent: 50_000 },
    { segment: null, category: 'tea', fixed: 100, currency: 'EUR' },
    { segment: 'active', category: null, percent: 900_000 },
  ]
  const shown = listOffers(versionOf(all), 'new').map((offer) => all.indexOf(offer.rate))
  // The dollars for every order are no offer: who is new gets the percentage of its segment.
  expect(shown).toEqual([4, 2, 5, 6, 3, 0])
  const whenSegmentless = listOffers(versionOf(all), null).map((offer) => all.indexOf(offer.rate))
  expect(whenSegmentless).toEqual([4, 5, 6, 3, 1, 0])
})

test('an id is of one rate of one version', () => {
  fc.assert(
    fc.property(rates, (all) => {
      const ids = SEGMENTS.flatMap((whose) =>
        [1, 2].flatMap((version) =>
          listOffers(versionOf(all, version), whose).map(({ id, rate: its }): [string, string] => [
            id,
            `${version} ${all.indexOf(its)}`,
          ]),
        ),
      )
      expect(new Map(ids).size).toBe(new Set(ids.map(([, of]) => of)).size)
      for (const [id] of ids) expect(id).toMatch(/^offer-[0-9a-f]{16}$/)
    }),
    { numRuns: 200 },
  )
})
