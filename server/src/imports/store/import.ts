import { idPattern } from '../../kernel/id.ts'
import { keyOfId } from '../../kernel/key.ts'
import type { Vault } from '../../kernel/vault.ts'
import type { Organization } from '../../organizations/organization.ts'
import type { Report } from '../csv/finding.ts'
import type { Kind, ImportMode } from '../csv/row.ts'

/**
 *     receiving ─▶ checking ─▶ ready ─(start)▶ waiting ─▶ running ─▶ finished ─(undo)▶ undoing ─▶ undone
 *         └─▶ refused                                        └─(cancel)▶ cancelled ─(undo)▶ …
 *
 * Whatever is not running yet can be cancelled as well.
 */
export type ImportState =
  | 'receiving'
  | 'checking'
  | 'ready'
  | 'waiting'
  | 'running'
  | 'finished'
  | 'refused'
  | 'cancelled'
  | 'undoing'
  | 'undone'

/** In these states something is still to be done to a file, so that a repeat of it is the same import. */
export const UNENDED: readonly ImportState[] = [
  'receiving',
  'checking',
  'ready',
  'waiting',
  'running',
]

/** What became of rows; the four others add up to `rows`. */
export interface Counts {
  rows: number
  created: number
  updated: number
  unchanged: number
  rejected: number
}

/** What an import would do. */
export interface Preview extends Counts {
  /** Customers that would lose what earlier imports gave them. */
  removed: number
  /**
   * The merchant's own customers that would change their segment at it; null of a publisher's import. Absent in
   * previews of earlier versions, which counted others' customers.
   */
  own_changes?: number | null
  /** The number of `removed` that a start has to confirm; null or absent where it need not. */
  confirm?: number | null
  /** False where the file repeats more ids than are remembered. */
  is_exact: boolean
}

/** The row of an import. */
export interface Import extends Counts {
  key: string
  organization: number
  state: ImportState
  kind: Kind | null
  mode: ImportMode
  quiet: boolean
  starts_at_once: boolean
  /** See `ReadingProgress`; null before the first byte. */
  blob: Uint8Array | null
  /** Of the file uncompressed, up to the last whole row that is kept. */
  received_bytes: number
  total_rows: number
  batches: number
  preview: Preview | null
  /** How many of its batches are written. */
  written_batches: number
  rows_per_second: number | null
  swept_import: string | null
  swept_batch: number
  removed: number
  undone: number
  /** How many customers may lose something, as the caller that started it said. */
  confirmed: number | null
  /** Whether what it takes away was counted after its start, and may be taken. */
  is_cleared: boolean
  /** Customers that got back what it had taken. */
  restored: number
  /** The replacement that holds in its place. */
  replaced_by: string | null
  error: { type: string; message: string } | null
  token: string | null
  lease_until: Date | null
  created_at: Date
  started_at: Date | null
  ended_at: Date | null
  modified_at: Date
}

/** How far a file was read and what was found in it, encrypted in its import's row. */
export interface ReadingProgress {
  /** What the reader goes on from; see file-reader.ts. */
  state: unknown
  report: Report
  /** The header's cells as they were. */
  header: string[]
}

export function importKey(organization: Pick<Organization, 'number'>, id: string): string {
  return keyOfId(organization.number, id)
}

/** Whether it can be an import's id at all. */
export const IMPORT_ID = idPattern('import')

export function encryptProgress(vault: Vault, key: string, progress: ReadingProgress): Buffer {
  return vault.encrypt(`imports/${key}`, progress)
}

export function decryptProgress(
  vault: Vault,
  { key, blob }: Pick<Import, 'key' | 'blob'>,
): ReadingProgress | null {
  return blob && vault.decrypt<ReadingProgress>(`imports/${key}`, blob)
}
