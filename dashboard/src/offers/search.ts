import { readSearch } from '../parts/search-text.ts'

/** Whose offers: a publisher's own id. Nothing else that somebody is known by is in an address. */
export interface OfferSearch {
  customer?: string | undefined
}

export function parseOfferSearch(search: Record<string, unknown>): OfferSearch {
  return { customer: readSearch(search).text('customer') }
}
