import type { SegmentName } from '../../organizations/organization.ts'
import { chooseRate } from './choose-rate.ts'
import type { RatedLine } from './choose-rate.ts'
import type { RateCardVersion } from './rate-card.ts'
import type { Rate } from './rate.ts'

export const CHOICE_CODES = [
  'own-card',
  'card-for-all',
  'no-card',
  'narrowest-category',
  'every-category',
  'own-segment',
  'every-segment',
  'fixed-first',
  'no-rate',
  'segments-off',
] as const

/** One step of docs/rates.md, as it went for a line. */
export interface ChoiceReason {
  code: (typeof CHOICE_CODES)[number]
  message: string
}

export interface ExplainedRate {
  /** Undefined: the line pays nothing. */
  rate: Rate | undefined
  /** In the order in which the rules are gone through. */
  reasons: ChoiceReason[]
}

/** Which card pays a publisher, in words. */
export function explainCard(version: RateCardVersion | undefined): ChoiceReason {
  if (!version) {
    const message =
      'No card is in force for this publisher: such an order is refused, or pays nothing.'
    return { code: 'no-card', message }
  }
  const { name, publisher } = version
  return publisher === null
    ? {
        code: 'card-for-all',
        message: `${name} is the card for all publishers that have no card of their own.`,
      }
    : {
        code: 'own-card',
        message: `${name} is the publisher’s own card: it takes the place of the card for all.`,
      }
}

/** The rate by which commissions are computed, and what of it decided: it is chosen in one place only. */
export function explainRate(rates: readonly Rate[], line: RatedLine): ExplainedRate {
  const rate = chooseRate(rates, line)
  if (!rate) {
    const message = 'No rate of it matches: the line pays nothing.'
    return { rate, reasons: [{ code: 'no-rate', message }] }
  }
  const reasons = [explainCategory(rate), explainSegment(rate, line.segment)]
  if ('fixed' in rate) {
    const message = 'A fixed amount in the order’s currency comes before a percentage.'
    reasons.push({ code: 'fixed-first', message })
  }
  return { rate, reasons }
}

function explainCategory({ category }: Rate): ChoiceReason {
  return category === null
    ? {
        code: 'every-category',
        message: 'No category of the line has a rate: those for every category count.',
      }
    : {
        code: 'narrowest-category',
        message: `“${category}” is the narrowest category of the line that has a rate.`,
      }
}

function explainSegment(rate: Rate, segment: SegmentName | null): ChoiceReason {
  if (rate.segment !== null) {
    const message = `There is a rate for ${rate.segment}, which comes before the one for everybody.`
    return { code: 'own-segment', message }
  }
  const message =
    segment === null
      ? 'The order has no segment: only rates for everybody count.'
      : `There is none for ${segment} alone: the one for everybody counts.`
  return { code: 'every-segment', message }
}
