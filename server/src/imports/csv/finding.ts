import type {
  ColumnMeaning,
  Delimiter,
  Encoding,
} from '../../../../client/src/customer-file/file-form.ts'

/** What the doctor found, and what became of it. */
export type Severity =
  /** Worth knowing; nothing had to be done. */
  | 'note'
  /** Mended without a doubt about what was meant. */
  | 'mended'
  /** Imported as it is, and will probably not do what was meant. */
  | 'warning'
  /** The rows were rejected. */
  | 'rejected'

export interface Finding {
  /** A stable slug. */
  code: string
  severity: Severity
  /** How many rows, or other things that `message` names. */
  count: number
  /** The first five lines; never a value. */
  lines: number[]
  message: string
  /** What was done, or what to do. */
  advice: string
}

export type LineEnds = 'lf' | 'crlf' | 'cr' | 'mixed'

export interface Column {
  /** As in the header; redacted where it looks like somebody's data. */
  name: string
  /** null: nothing, it is ignored. */
  means: ColumnMeaning | null
}

/** What is told of a file. Without any value of it. */
export interface Report {
  encoding: Encoding
  delimiter: Delimiter
  line_ends: LineEnds
  columns: Column[]
  findings: Finding[]
}
