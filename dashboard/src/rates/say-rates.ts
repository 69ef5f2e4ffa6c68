import type { Rate } from '@newcomer/client/browser'
import { sayRate } from '../parts/money.ts'

/** "new: 8 %; active: 2 %; shoes, everybody: USD 5.00 an order". */
export function sayRates(rates: readonly Rate[]): string {
  return rates
    .map((rate) => {
      const whom = rate.segment === 'default' ? 'everybody' : rate.segment
      return `${rate.category === null ? '' : `${rate.category}, `}${whom}: ${sayRate(rate)}`
    })
    .join('; ')
}
