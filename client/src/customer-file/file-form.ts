/** What may stand between cells. */
export type Delimiter = ',' | ';' | '\t' | '|'
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

/** What a column may mean. */
export type ColumnMeaning =
  | 'user_id'
  | 'email_sha256'
  | 'emails_sha256'
  | 'advertising_id'
  | 'first_purchase_date'
  | 'last_purchase_date'

/** What is noticed while a file is cut into records. The codes are those of the server's report. */
export type ScanNote = 'blank-line' | 'mixed-line-ends'

/** Why a record can't be read as a row. */
export type ScanFault = 'quote-broken' | 'nul-character' | 'line-too-long'

/** Told of what is noticed, each time with its line; the file's first is 1. */
export interface Notes {
  add(note: ScanNote, line: number): void
}
