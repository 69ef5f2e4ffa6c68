import type { ReadingProgress } from '../store/import.ts'
import type { Column, Finding } from '../csv/finding.ts'
import type { PackedBatch } from '../store/batch.ts'
import type { KeptRemoval } from '../store/removal-store.ts'
import type { RowStatus } from './plan-rows.ts'
import type { Kind, ImportMode } from '../csv/row.ts'
import type { WrittenCustomers } from '../../customers/customer-store.ts'
import type { WrittenIdentities } from '../../customers/identity-store.ts'
import type { OverShared } from '../../customers/write-drafts.ts'
import type { Role } from '../../organizations/organization.ts'

/** What a worker thread works on: one import. */
export interface WorkerImport {
  /** Of the vault. */
  vaultKey: Uint8Array
  organization: { id: string; number: number; role: Role }
  key: string
  import: string
  kind: Kind | null
  mode: ImportMode
}

export interface UploadOptions {
  now: Date
  /** How the bytes of this body are compressed. */
  encoding: 'identity' | 'gzip' | 'zstd'
  from: ReadingProgress | null
  /** The number of the next batch. */
  number: number
}

/** What came of some bytes of a file. */
export interface ParsedBatches {
  batches: PackedBatch[]
  /** How far the file was read; null while no batch is whole. */
  progress: { offset: number; rows: number; blob: Uint8Array } | null
  /** The file can't be read on. */
  refused: { type: string; message: string } | null
  /** The same bytes have more in them: they have grown much. */
  isMore: boolean
}

/** A customer that exists, as its row has it. */
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
  /** Only imports have ever reported it. */
  isImported: boolean
  /** Nothing reports it any more: it is to be erased. */
  isGone: boolean
}

/** What writing a batch will do. */
export type BatchPlan = NewCustomersPlan | MixedCustomersPlan

/** None of the batch's customers exists, so that all of them are inserted as SQL takes them. */
export interface NewCustomersPlan extends PlannedRows {
  kind: 'new'
  newCustomers: PlannedNewcomers
}

/** Some exist: each is merged with its row. */
export interface MixedCustomersPlan extends PlannedRows {
  kind: 'mixed'
  merged: PlannedCustomers
}

export interface PlannedRows {
  /** Rows by status, without those that were rejected when the file was read. */
  counts: Record<RowStatus, number>
  /** Indexes, within the batch, of the rows that have too many identifiers. */
  tooMany: number[]
  /** Keys of customers with an accepted row that had nothing of this import before this batch. */
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
  /** Indexes of rows that are rejected, whatever is in them. */
  without: number[]
  /** Whether none of the customers has a row, not even that of an erased customer. */
  areNew: boolean
  /** For a preview: customers that the file names on several rows are remembered from batch to batch. */
  remembers: boolean
}

/** The imports to revert: only this one, or all but this one; `import-…`. */
export type RevertedImports = { only: string } | { allBut: string }

/** What of removals does not come back. */
export interface NotRestored {
  /** Imports that were undone since; `import-…`. */
  undone: string[]
  /** Identities that would come to be on more customers than one can have. */
  leftOut: OverShared[]
}

/** Why a row is rejected; `row` is its index within its batch. */
export interface Refusal {
  row: number
  reason: string
}

export interface RejectedRows {
  packed: Uint8Array
  named: string[]
}

/** The RPC protocol of a worker thread, which answers one call after another. */
export interface WorkerCalls {
  beginUpload(options: UploadOptions): void
  parse(bytes: Uint8Array): Promise<ParsedBatches>
  /** Further batches of the bytes that were parsed last. */
  parseMore(): Promise<ParsedBatches>
  endUpload(): Promise<ParsedBatches>
  /** Unpacks and seals a batch; answers the keys of its customers, and of those whose rows were rejected. */
  openBatch(number: number, blob: Uint8Array): { keys: string[]; named: string[]; rows: number }
  planBatch(number: number, options: PlanOptions): BatchPlan
  /** Indexes of the rows that would be too many on an identity: the batch's last ones. */
  rowsToRefuse(number: number, overShared: OverShared[], without: number[]): number[]
  /** Rows of a batch as rejects, packed; and the keys of their customers. */
  rejectRows(number: number, refusals: Refusal[], columns: Column[]): RejectedRows
  closeBatch(number: number): void
  /** Closes what it holds outside of memory. */
  discard(): void
  /** Adds a batch to the search for duplicates. It need not be open: nothing is sealed for that. */
  addDuplicates(number: number, blob: Uint8Array): void
  /** What rows have in common, and how many ids are on several rows. */
  endDuplicates(): { findings: Finding[]; count: number; isComplete: boolean }
  /** The customers without what these imports said. */
  planRevert(present: PresentCustomer[], reverted: RevertedImports): PlannedCustomers
  /** The customers with what replacements took from them. */
  planRestore(
    present: PresentCustomer[],
    removals: KeptRemoval[],
    notRestored: NotRestored,
  ): PlannedCustomers
}
