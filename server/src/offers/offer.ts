import { hash } from 'node:crypto'
import { chooseRate } from '../commissions/rates/choose-rate.ts'
import type { RateCardVersion } from '../commissions/rates/rate-card.ts'
import type { Rate } from '../commissions/rates/rate.ts'
import type { SegmentName } from '../organizations/organization.ts'

/** A rate as it is shown to one user. */
export interface Offer {
  /** `offer-…`; always the same for the same rate of the same version. */
  id: string
  /** From 1, the best; no two of a merchant's are alike. */
  rank: number
  rate: Rate
}

// No rate is in it, so percentages are all that matches.
const NO_CURRENCY = ''

/**
 * The rates of the version that an order of this segment can be paid by, best first. Each rate is
 * asked for in its own category and currency: what is chosen there is offered, be it another one.
 * Null is for a merchant that tells no segments.
 */
export function listOffers(version: RateCardVersion, segment: SegmentName | null): Offer[] {
  const { rates } = version
  const chosen = new Set(
    rates.map((rate) =>
      chooseRate(rates, {
        segment,
        currency: 'fixed' in rate ? rate.currency : NO_CURRENCY,
        category: rate.category === null ? [] : [rate.category],
      }),
    ),
  )
  return [...chosen]
    .filter((rate) => rate !== undefined)
    .sort((a, b) => comparePay(a, b) || compareText(a.category ?? '', b.category ?? ''))
    .map((rate, index) => ({ id: offerId(version, rate), rank: index + 1, rate }))
}

/**
 * Better pay first: percentages by size, then fixed amounts by currency and size, and last what pays
 * nothing. That a percentage stands before an amount is a convention: which of them pays more is up
 * to the order.
 */
export function comparePay(a: Rate, b: Rate): number {
  if (isNothing(a) !== isNothing(b)) return isNothing(a) ? 1 : -1
  if ('percent' in a) return 'percent' in b ? b.percent - a.percent : -1
  if ('percent' in b) return 1
  return compareText(a.currency, b.currency) || b.fixed - a.fixed
}

/** By code units, the same everywhere. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Whether the rate pays nothing, and is there to except something from the others. */
export function isNothing(rate: Rate): boolean {
  return ('percent' in rate ? rate.percent : rate.fixed) === 0
}

function offerId({ card, version }: RateCardVersion, rate: Rate): string {
  const pay = 'fixed' in rate ? [rate.fixed, rate.currency] : [rate.percent]
  const subject = JSON.stringify([card, version, rate.segment, rate.category, ...pay])
  return `offer-${hash('sha256', subject, 'hex').slice(0, 16)}`
}
