/** What a customer is recognised by; at most 10 identifiers a customer and call. */
export interface Identifiers {
  /** SHA-256 of the trimmed, lower-cased e-mail, 64 hex digits: see `hashEmail`. */
  email_sha256?: string | null | undefined
  /** More of the same; joined with `email_sha256`. */
  emails_sha256?: string[] | null | undefined
  /** IDFA or Android advertising id, a UUID; the all-zero id is accepted and ignored. */
  advertising_id?: string | null | undefined
}

/** What customers are looked for by; at most 10 identifiers. */
export interface CustomerSearch {
  /** See `hashEmail`. */
  email_sha256?: string | undefined
  emails_sha256?: string[] | undefined
  advertising_id?: string | undefined
}

/** A customer as reported. `id` is your own stable id, 1–255 characters of visible ASCII. */
export interface CustomerReport extends Identifiers {
  id: string
}

/** A segment of one merchant: `new` (the default for everybody) or `active` (has purchased there). */
export interface Segment {
  /** `segment-…` */
  id: string
  /** The merchant's id, `org-…`. */
  organization_id: string
  name: 'new' | 'active' | (string & {})
}

/** A customer as the API answers it. */
export interface Customer {
  id: string
  email_sha256: string | null
  emails_sha256: string[]
  advertising_id: string | null
  /** For a publisher: one for each approved merchant that has segments; for a merchant: its own. */
  segments: Segment[]
  /** RFC 3339, UTC, milliseconds; so are all dates of this API. */
  created_date: string
  modified_date: string
}

/** Why a segment changed. */
export type SegmentChangeCause = 'order' | 'order-deleted' | 'import' | 'customer' | 'erasure'

/** A customer's segment at one merchant. */
export interface CustomerStanding extends Segment {
  /** The merchant's. */
  organization_name: string
  /**
   * When the customer came to be in it. Null: from its first report on, or since before you saw this merchant's
   * segments as you see them now.
   */
  since_date: string | null
  /** Of what the move came; null with `since_date`. */
  cause: SegmentChangeCause | null
}

/** Something that you were told of a customer. */
export interface CustomerEvent {
  /** `hook-…`, as in webhooks. */
  id: string
  event_type: 'segment-change' | (string & {})
  date: string
  /** Counts the events of this customer. */
  sequence: number
  /** The merchant, `org-…`. */
  organization_id: string
  previous: Segment['name']
  current: Segment['name']
  cause: SegmentChangeCause
  /** Whether no webhook was told of it, at your wish. */
  is_quiet: boolean
}

/** What became of one row of a batch. */
export type BatchResult =
  | { id: string; status: 'created' | 'updated' | 'unchanged' }
  | {
      /** Null when the row had none that is well formed. */
      id: string | null
      status: 'rejected'
      error: { message: string; type: string; details: Record<string, unknown> }
    }
