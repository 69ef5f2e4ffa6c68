import { readSearch } from '../parts/search-text.ts'

/** Where one is in the lists of a customer. */
export interface CustomerPageSearch {
  /** In that of what was told. */
  events?: string | undefined
  /** In that of what it bought. */
  bought?: string | undefined
}

export function parseCustomerSearch(search: Record<string, unknown>): CustomerPageSearch {
  const { text } = readSearch(search)
  return { events: text('events'), bought: text('bought') }
}
