import type { Clock } from '../../kernel/clock.ts'
import type { RatesOf } from './merchant-routes.ts'
import type { Catalog } from './catalog.ts'
import { chooseVersion } from './choose-rate.ts'
import { rateToWire } from './parse-rate.ts'

/** What publishers are shown of rate cards: the rates that are in force now and could be paid. */
export function createRatesOf({ catalog, clock }: { catalog: Catalog; clock: Clock }): RatesOf {
  return (publisher, merchant, currency) => {
    const versions = catalog.current().versionsOf(merchant.number)
    const version = chooseVersion(versions, publisher.number, clock.now())
    if (!version) return []
    const hasSegments = merchant.segmentsOnAt !== null
    return version.rates
      .filter((rate) => hasSegments || rate.segment === null)
      .filter((rate) => !currency || 'percent' in rate || rate.currency === currency)
      .map((rate) => ({ rate_card_id: version.card, ...rateToWire(rate) }))
  }
}
