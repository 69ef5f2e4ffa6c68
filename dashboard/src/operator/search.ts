import type { Organization } from '@newcomer/client/browser'

/** What the address says of the matrix: parts of names, and where in it one is. */
export interface PartnershipSearch {
  publisher?: string | undefined
  merchant?: string | undefined
  /** The first publisher and the first merchant that are shown; 0 unless given. */
  row?: number | undefined
  column?: number | undefined
}

/** An address may be typed by hand: what it can't mean is left out. */
export function parsePartnershipSearch(search: Record<string, unknown>): PartnershipSearch {
  const text = (name: string): string | undefined => {
    const value = search[name]
    const isText = typeof value === 'string' || typeof value === 'number'
    return isText && value !== '' ? String(value).slice(0, 255) : undefined
  }
  const place = (name: string): number | undefined => {
    const value = search[name]
    return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined
  }
  return {
    publisher: text('publisher'),
    merchant: text('merchant'),
    row: place('row'),
    column: place('column'),
  }
}

/** What the address says of verifications: a place in the list, and which one is shown. */
export function parseVerifySearch(search: Record<string, unknown>): {
  cursor?: string | undefined
  run?: string | undefined
} {
  const text = (name: string) => {
    const value = search[name]
    return typeof value === 'string' ? value.slice(0, 2_048) : undefined
  }
  return { cursor: text('cursor'), run: text('run') }
}

/** Those whose name has the part in it, from the given one on, as many as are shown at once. */
export function matchPage(
  organizations: Organization[],
  part: string | undefined,
  place: number | undefined,
  size: number,
): { shown: Organization[]; from: number; count: number; size: number } {
  const sought = (part ?? '').toLowerCase()
  const matching = organizations.filter(({ name }) => name.toLowerCase().includes(sought))
  // A place that is behind the end, such as in an old link, is the beginning.
  const from = place !== undefined && place < matching.length ? place - (place % size) : 0
  return { shown: matching.slice(from, from + size), from, count: matching.length, size }
}
