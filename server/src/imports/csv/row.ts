/** A row of a file as it is to be imported: normalised, and known to be well formed. */
export interface Row {
  /** The line of the file on which it begins; the header's is 1. */
  line: number
  id: string
  /** SHA-256 in lower-case hex, each once. */
  emails: string[]
  /** Lower-case UUIDs, each once. */
  advertising_ids: string[]
  /** RFC 3339 in UTC, of a merchant's purchasers; null where the file has none. */
  first_purchase_date: string | null
  last_purchase_date: string | null
}

/** A row that can't be imported as it is. */
export interface Reject {
  line: number
  /** What is wrong and how to mend it, as a sentence without any value of the row. */
  reason: string
  /** The customer's id where it could be read, so that `replace` does not take it for absent. */
  id: string | null
  /** As they were in the file, in the order of its columns; plain e-mail addresses are redacted. */
  cells: string[]
}

export type ImportMode = 'merge' | 'replace'
/** What a merchant's rows are: people who bought, or accounts whether they did or not. */
export type Kind = 'purchasers' | 'accounts'
