import type { ReadingProgress } from '../store/import.ts'
import type { Column, Finding } from '../csv/finding.ts'
import type { PackedPart } from '../store/batch.ts'
import type { RowStatus } from './plan-rows.ts'
import type { Kind, Mode } from '../csv/row.ts'
import type { WrittenCustomers } from '../../customers/customer-store.ts'
import type { WrittenIdentities } from '../../customers/identity-store.ts'
import type { OverShared } from '../../customers/write-drafts.ts'
import type { Role } from '../../organizations/organization.ts'

/** What a thread works on: one import. */
export interface ThreadImport {
  /** Of the vault. */
  vaultKey: Uint8Array
  organization: { id: string; number: number; role: Role }
  key: string
  import: string
  kind: Kind | null
  mode: Mode
}

export interface ReadingOptions {
  now: Date
  /** How the bytes of this body are compressed. */
  encoding: 'identity' | 'gzip' | 'zstd'
  from: ReadingProgress | null
  /** The number of the next part. */
  number: number
}

/** What came of some bytes of a file. */
export interface Reading {
  parts: PackedPart[]
  /** How far the file was read; null while no part is whole. */
  progress: { offset: number; rows: number; blob: Uint8Array } | null
  /** The file can't be read on. */
  refused: { type: string; message: string } | null
  /** The same bytes have more in them: they have grown much. */
  isMore: boolean
}

/** A customer that is there, as its row has it. */
export interface PresentCustomer {
  id: string
  blob: Uint8Array
}

/** A customer as it is to be. Its blob is the bytes of all the blobs up to `blobEnd`. */
export interface PlannedCustomer {
  key: string
  identities: string[]
  blobEnd: number
  imports: string[]
  /** What imports say of its purchases: the first of them, and when it did. */
  purchase: { import: string; at: string } | null
  isVisible: boolean
  /** Nothing but imports has ever told of it. */
  isImported: boolean
  /** Nobody tells of it any more. */
  isGone: boolean
}

export interface PartPlan extends PlannedCustomers {
  /** Where nobody of them is known: all of them, in place of a list. */
  newcomers: PlannedNewcomers | null
  /** How many rows came to what; those that were rejected before are not among them. */
  counts: Record<RowStatus, number>
  /** The places of rows that have too many identifiers. */
  tooMany: number[]
  /** Of the rows that were not rejected the customers to whom no earlier part gave anything. */
  given: string[]
}

/** Customers whose key, identities and blob are all that is to be written, as SQL takes them. */
export interface PlannedNewcomers {
  customers: Omit<WrittenCustomers, 'imports' | 'purchase'>
  identities: WrittenIdentities
}

export interface PlannedCustomers {
  customers: PlannedCustomer[]
  blobs: Uint8Array
}

export interface PlanOptions {
  at: string
  present: PresentCustomer[]
  /** Places of rows that are rejected, whatever is in them. */
  without: number[]
  /** Whether nobody is there, not even somebody who was erased. */
  areNew: boolean
  /** For a preview: customers that the file names on several rows are remembered from part to part. */
  remembers: boolean
}

/** What is taken back: what one import said, or all but what one said; `import-…`. */
export type Taken = { only: string } | { allBut: string }

/** Why the row at a place of its part is rejected. */
export interface Refusal {
  place: number
  reason: string
}

export interface RejectedRows {
  packed: Uint8Array
  named: string[]
}

/** What a thread does, one call after another. */
export interface ThreadCalls {
  beginReading(options: ReadingOptions): void
  read(bytes: Uint8Array): Promise<Reading>
  /** What else there is in the bytes that were read last. */
  readOn(): Promise<Reading>
  endReading(): Promise<Reading>
  /** Unpacks and seals a part; answers the keys of its customers, and of those whose rows were rejected. */
  openPart(number: number, blob: Uint8Array): { keys: string[]; named: string[]; rows: number }
  planPart(number: number, options: PlanOptions): PartPlan
  /** The places of the rows that would be too many on an identity: the part's last ones. */
  placesOf(number: number, crowds: OverShared[], without: number[]): number[]
  /** Rows of a part as rejects, packed; and the keys of their customers. */
  rejectRows(number: number, refusals: Refusal[], columns: Column[]): RejectedRows
  closePart(number: number): void
  /** Gives up what it holds outside of memory. */
  discard(): void
  /** Looks at a part that need not be open: nothing of it is sealed for that. */
  addDuplicates(number: number, blob: Uint8Array): void
  /** What rows have in common, and how many ids are on several rows. */
  endDuplicates(): { findings: Finding[]; count: number; isComplete: boolean }
  /** The customers without what these imports said; all but one, or one. */
  planTakingBack(present: PresentCustomer[], taken: Taken): PlannedCustomers
}
