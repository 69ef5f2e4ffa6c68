import type { RateCardVersion } from '@newcomer/client/browser'

/** When a version is in force; milliseconds, and no end until further notice. */
export interface VersionStay {
  version: number
  from: number
  to: number | null
}

/** The times in which versions of one card are in force: each ends where a later one begins, if not before. */
export function listStays(versions: readonly RateCardVersion[]): VersionStay[] {
  return versions.flatMap(({ version, start_date: start, end_date: end }) => {
    const from = Date.parse(start)
    const ends = [
      ...(end === null ? [] : [Date.parse(end)]),
      ...versions
        .filter((later) => later.version > version)
        .map((later) => Date.parse(later.start_date)),
    ]
    const to = ends.length === 0 ? null : Math.min(...ends)
    return to !== null && to <= from ? [] : [{ version, from, to }]
  })
}
