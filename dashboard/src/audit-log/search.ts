import type { AuditLogFilters } from '@newcomer/client/browser'

/** What the address says: what the list is narrowed to, and where in it one is. */
export interface AuditLogSearch {
  actor?: string | undefined
  object?: string | undefined
  action?: string | undefined
  /** `req-…` */
  request_id?: string | undefined
  /** ISO 8601. */
  start?: string | undefined
  end?: string | undefined
  cursor?: string | undefined
}

/** The operator's, of all journals: the id of an organization, or `operator`, narrows it to one. */
export interface AnyAuditLogSearch extends AuditLogSearch {
  organization?: string | undefined
}

/** An address may be typed by hand: what it can't mean is left out. */
export function parseAuditLogSearch(search: Record<string, unknown>): AuditLogSearch {
  const text = (name: string): string | undefined => {
    const value = search[name]
    return typeof value === 'string' && value !== '' ? value.slice(0, 2_000) : undefined
  }
  const date = (name: string): string | undefined => {
    const value = text(name)
    return value === undefined || Number.isNaN(Date.parse(value)) ? undefined : value
  }
  return {
    actor: text('actor'),
    object: text('object'),
    action: text('action'),
    request_id: text('request_id'),
    start: date('start'),
    end: date('end'),
    cursor: text('cursor'),
  }
}

export function parseAnyAuditLogSearch(search: Record<string, unknown>): AnyAuditLogSearch {
  const { organization } = search
  const isNamed = typeof organization === 'string' && organization !== ''
  return { ...parseAuditLogSearch(search), ...(isNamed && { organization }) }
}

export function toFilters({ cursor: _cursor, ...filters }: AnyAuditLogSearch): AuditLogFilters {
  return filters
}
