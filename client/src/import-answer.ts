import type { ImportPreview, ImportReport } from './import-report.ts'

/**
 * - `receiving`: the file is being sent; `checking`: it is looked at as a whole
 * - `ready`: `report` and `preview` say what starting it would do; nothing is written yet
 * - `waiting`: started, behind another import of yours; `running`; `finished`
 * - `refused`: nothing of the file can be imported, `error` says why
 * - `cancelled`: what had been done until then stays, and can be undone; `undoing`, `undone`
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

/** An import as lists have it: its report is in its own answer. */
export type ImportSummary = Omit<Import, 'report'>

/** A file on its way in. Dates are RFC 3339, UTC, milliseconds. */
export interface Import {
  /** `import-…` */
  id: string
  state: ImportState
  mode: 'merge' | 'replace'
  /** null for a publisher. */
  kind: 'purchasers' | 'accounts' | null
  quiet: boolean
  starts_at_once: boolean
  /** Of the file, before compression, up to the last whole row: where sending it goes on. */
  received_bytes: number
  /** In the file so far received; all of them once it is past `receiving`. */
  total_rows: number
  /** Done so far: always `created + updated + unchanged + rejected`. */
  rows: number
  created: number
  updated: number
  unchanged: number
  rejected: number
  rows_per_second: number | null
  time_left_seconds: number | null
  /** Customers that lost what earlier imports gave them, with mode `replace`. */
  removed: number
  /** Customers from which this import's word was taken back. */
  undone: number
  /** Customers that got back, by the undo, what this import had taken with mode `replace`. */
  restored: number
  /** Of a `refused` one: why, and how to mend the file. */
  error: { message: string; type: string } | null
  report: ImportReport | null
  preview: ImportPreview | null
  created_date: string
  started_date: string | null
  ended_date: string | null
}
