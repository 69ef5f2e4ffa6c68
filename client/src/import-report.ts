import type { ColumnMeaning } from './customer-file/file-form.ts'

/** Something about a file that is worth telling. */
export interface ImportFinding {
  /** A stable slug. */
  code: string
  /**
   * - `note`: nothing had to be done
   * - `mended`: there was no doubt about what was meant
   * - `warning`: imported as it is, and probably not what was meant
   * - `rejected`: those rows are not imported
   */
  severity: 'note' | 'mended' | 'warning' | 'rejected'
  /** How often; mostly rows. */
  count: number
  /** The first five lines; the header's is 1. */
  lines: number[]
  /** What was found. */
  message: string
  /** What was done, or what to do. */
  advice: string
}

/** What the server found out about a file, without any value of it. */
export interface ImportReport {
  encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'
  delimiter: ',' | ';' | '\t' | '|'
  line_ends: 'lf' | 'crlf' | 'cr' | 'mixed'
  /** As the header has them, and what they are read as; null: ignored. */
  columns: { name: string; means: ColumnMeaning | (string & {}) | null }[]
  findings: ImportFinding[]
}

/** What starting an import would do. */
export interface ImportPreview {
  rows: number
  created: number
  updated: number
  unchanged: number
  rejected: number
  removed: number
  /**
   * With mode `replace`: the number to `start` with where so much would be lost that it has to be confirmed;
   * null where not.
   */
  confirm: number | null
  /** How many of a merchant's own customers change their segment; null of a publisher's import. */
  segment_changes: number | null
  /** Where it is false, the numbers are estimates. */
  is_exact: boolean
}
