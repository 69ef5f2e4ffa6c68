import type { Organization } from '../../organizations/organization.ts'
import type { Catalog } from './catalog.ts'
import { chooseVersion } from './choose-rate.ts'
import { rateToWire } from './parse-rate.ts'

export interface RatesShown {
  publisher: Organization
  merchant: Organization
  /** In upper case: no fixed rates in other currencies; undefined: all rates. */
  currency: string | undefined
  at: Date
}

/** What publishers are shown of rate cards: the rates that are in force and could be paid. */
export function showRates(catalog: Catalog, { publisher, merchant, currency, at }: RatesShown) {
  const versions = catalog.current().versionsOf(merchant.number)
  const version = chooseVersion(versions, publisher.number, at)
  if (!version) return []
  const hasSegments = merchant.segmentsOnAt !== null
  return version.rates
    .filter((rate) => hasSegments || rate.segment === null)
    .filter((rate) => !currency || 'percent' in rate || rate.currency === currency)
    .map((rate) => ({ rate_card_id: version.card, ...rateToWire(rate) }))
}
