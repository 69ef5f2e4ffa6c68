import { readSearch } from '../parts/search-text.ts'
import { parseDrafts } from './draft.ts'
import type { RateDraft } from './draft.ts'

/** A what-if as an address has it, so that it can be shared: the draft, and which orders it is tried on. */
export interface WhatIfSearch {
  rates?: RateDraft[] | undefined
  publisher?: string | undefined
  /** ISO 8601. */
  start?: string | undefined
  end?: string | undefined
}

export function parseWhatIfSearch(search: Record<string, unknown>): WhatIfSearch {
  const { text, date } = readSearch(search)
  return {
    rates: parseDrafts(search['rates']),
    publisher: text('publisher'),
    start: date('start'),
    end: date('end'),
  }
}

/** The card whose versions are shown from the beginning, `ratecard-…`. */
export interface RatesSearch {
  card?: string | undefined
}

export function parseRatesSearch(search: Record<string, unknown>): RatesSearch {
  return { card: readSearch(search).text('card') }
}
