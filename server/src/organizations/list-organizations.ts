import { slicePage } from '../kernel/database/page.ts'
import type { Page } from '../kernel/database/page.ts'
import type { Organization } from './organization.ts'

/** One page of these organizations, which are sorted by number: the oldest first. */
export function listOrganizations(
  organizations: readonly Organization[],
  {
    cursor,
    pageSize,
    filters = {},
  }: {
    cursor?: string | undefined
    pageSize?: number | undefined
    /** What made these organizations out of all; the cursor is good for the same ones only. */
    filters?: Record<string, string | undefined>
  },
): Page<Organization> {
  return slicePage(organizations, ({ number }) => number, { cursor, pageSize, filters })
}
