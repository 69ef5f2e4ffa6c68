import { DEFAULT_PAGE_SIZE, readCursor, writeCursor } from '../kernel/page.ts'
import type { Page } from '../kernel/page.ts'
import type { Organization } from './organization.ts'

/** One page of these organizations, which are sorted by number: the oldest first. */
export function listOrganizations(
  organizations: readonly Organization[],
  {
    cursor,
    pageSize = DEFAULT_PAGE_SIZE,
    filters = {},
  }: {
    cursor?: string | undefined
    pageSize?: number | undefined
    /** What made these organizations out of all; the cursor is good for the same ones only. */
    filters?: Record<string, string | undefined>
  },
): Page<Organization> {
  const [direction, number] = readCursor(cursor, filters, 2) ?? ['after', 0]
  const edge = Number(number)
  const isBefore = direction === 'before'
  const matching = organizations.filter((each) =>
    isBefore ? each.number < edge : each.number > edge,
  )
  const objects = isBefore ? matching.slice(-pageSize) : matching.slice(0, pageSize)
  const [first, last] = [objects.at(0), objects.at(-1)]
  const hasBefore = first !== undefined && first !== organizations.at(0)
  const hasAfter = last !== undefined && last !== organizations.at(-1)
  return {
    objects,
    next: hasAfter ? writeCursor(['after', last.number], filters) : null,
    previous: hasBefore ? writeCursor(['before', first.number], filters) : null,
  }
}
