import type { RateCardFields } from '../../client/src/index.ts'

/** What the shop pays: well for those it hasn't got, little for those it has. */
export const RATE_CARD: RateCardFields = {
  name: 'New customers first',
  rates: [
    { segment: 'new', percent: '8' },
    { segment: 'active', percent: '2.5' },
  ],
}

/** What a network that can't tell them apart would pay for everybody. */
export const FLAT_PERCENT = 5
