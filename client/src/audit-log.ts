import { fetchPage } from './answer.ts'
import type { Page, PageQuery } from './answer.ts'
import { receiveText } from './receive-body.ts'
import { createSend } from './send.ts'
import type { SendParts } from './send.ts'

/** Somebody did something in your organization, or with it. */
export interface AuditLogEntry {
  /** `entry-…` */
  id: string
  /** Yours. */
  organization_id: string | null
  /** Counts from 1 without a gap. */
  number: number
  date: string
  /**
   * The id of a key or a person, `operator`, or `service` for what it did by itself; null: nobody that is
   * known.
   */
  actor: string | null
  /** A noun and a verb, such as `key.create`. */
  action: string
  /** The id of what it was done to, such as `endpoint-…`; null where that would tell of a person. */
  object: string | null
  outcome: 'done' | 'refused'
  /** The network that the call came from: 24 bits of IPv4, 48 of IPv6. */
  address: string | null
  /** `X-Request-Id` of the answer. */
  request_id: string | null
  /** What was changed, as it was. */
  before: Record<string, unknown> | null
  /** What was changed, as it is since, or what was done. */
  after: Record<string, unknown> | null
  /** SHA-256 over the entry and the hash of the one before, in lower-case hex. */
  hash: string
}

export interface AuditLogFilters {
  /** RFC 3339, inclusive. */
  start?: string | undefined
  /** RFC 3339, exclusive. */
  end?: string | undefined
  /** The id of a key or a person, `operator` or `service`. */
  actor?: string | undefined
  /** The id of what something was done to. */
  object?: string | undefined
  /** Such as `key.create`; or `key`, for all that was done to keys. */
  action?: string | undefined
  /** `X-Request-Id` of an answer: what its call did. */
  request_id?: string | undefined
}

/** Who did what in your organization, for 400 days. */
export interface AuditLogCalls {
  /** Newest first. */
  list(query?: AuditLogFilters & PageQuery): Promise<Page<AuditLogEntry>>
  /** The same as CSV, oldest first, as it comes: what has been read is not kept. Is an entry itself. */
  export(filters?: AuditLogFilters): AsyncGenerator<string, void, undefined>
}

const AUDIT_LOG_PATH = '/v1/audit-log'

export function createAuditLogCalls(parts: SendParts): AuditLogCalls {
  const send = createSend(parts)
  return {
    list: async (query) => fetchPage(send, AUDIT_LOG_PATH, { ...query }),
    export: (filters) =>
      receiveText(parts, {
        method: 'GET',
        path: `${AUDIT_LOG_PATH}.csv`,
        query: { ...filters },
        mediaType: 'text/csv',
      }),
  }
}
