import type { CheckedFile, CheckedHead, Columns } from './check-file.ts'

/** What is sent, as it was checked: what is hashed later has to come to the same. */
export interface SentFile {
  file: File
  columns: Columns
  /** Of what is sent. */
  sha256: string
}

/** What the page asks of the Worker; it answers in the order in which it is asked. */
export type Asked =
  | { ask: 'head'; file: File; columns: Columns }
  | { ask: 'file'; file: File; columns: Columns }
  | ({ ask: 'open' } & SentFile)
  | { ask: 'piece'; from: number; size: number; isPacked: boolean }

/** A part of what is sent, from byte `offset` of it on. */
export interface PackedPiece {
  offset: number
  /** Of what is in it, uncompressed. */
  size: number
  isLast: boolean
  content: Blob
}

export interface Answers {
  head: CheckedHead
  file: CheckedFile
  open: null
  piece: PackedPiece
}

export type Told =
  | { number: number; answer: Answers[keyof Answers] }
  | { number: number; failure: string }
  /** How many bytes of the file were read. */
  | { number: number; read: number }
