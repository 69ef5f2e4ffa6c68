import type { ScanFault, ScanNote } from '../../../../client/src/customer-file/file-form.ts'
import type { Mark } from '../../../../client/src/customer-file/normalize-cell.ts'
import type { HashFault } from '../../../../client/src/customer-file/parse-hash.ts'
import type { IdFault } from '../../../../client/src/customer-file/parse-id.ts'
import type { Severity } from './finding.ts'

/** What the reader that the sender runs as well finds by itself. */
type ReaderCode = ScanNote | ScanFault | Mark | HashFault | IdFault

interface Entry {
  severity: Severity
  message: string
  advice: string
}

const HOW =
  'Send the SHA-256 of the trimmed, lower-cased e-mail address, in UTF-8 and without a line break, ' +
  'as 64 hex digits'
const SEND_HASH = `${HOW}.`
const WHOLE_FILE =
  `Probably the whole file was hashed like this, and nobody in it can be found. ${HOW}: ` +
  'user@example.com gives b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514.'
const LEAVE_EMPTY = 'Leave the cell empty where there is no e-mail address.'

const note = (message: string, advice = 'Nothing to do.'): Entry => ({
  severity: 'note',
  message,
  advice,
})
const mended = (message: string, advice: string): Entry => ({ severity: 'mended', message, advice })
const warning = (message: string, advice: string): Entry => ({
  severity: 'warning',
  message,
  advice,
})
const rejected = (message: string, advice: string): Entry => ({
  severity: 'rejected',
  message,
  advice,
})

/** All that can be found while a file is read. The codes are stable: programs may look for them. */
export const catalog = {
  'byte-order-mark': note('The file begins with a byte-order mark.', 'It was left out.'),
  'utf-16': note('The file is in UTF-16.', 'It was read as such; UTF-8 takes half the space.'),
  'windows-1252': note(
    'Rows hold bytes that are not UTF-8.',
    'They were read as Windows-1252; save the file as UTF-8 if names look wrong.',
  ),
  delimiter: note('The cells are not separated by commas.', 'They were separated all the same.'),
  'separator-line': note(
    'The first line names the separator, as Excel writes it.',
    'It was not taken for the header.',
  ),
  'mixed-line-ends': note(
    'Lines end otherwise than the first one does (LF, CRLF or CR).',
    'Each was taken for the end of a line.',
  ),
  'column-alias': note('Columns have other names than ours.'),
  'column-ignored': note('Columns mean nothing here and were ignored.'),
  'phone-ignored': note(
    'Phone numbers match nobody here.',
    'The columns were ignored; leave them out, so that they need not be sent.',
  ),
  'column-twice': warning(
    'More than one column means the same.',
    'Remove or rename the column that is not meant.',
  ),
  'dates-ignored': note(
    'Dates of purchases are for merchants.',
    'The columns were ignored; a publisher sends who its customers are, not what they bought.',
  ),
  'blank-line': note('Lines are blank.', 'They were skipped and are not counted as rows.'),
  'short-row': note(
    'Rows have fewer cells than the header.',
    'The missing cells were taken for empty ones.',
  ),
  'empty-marker': note(
    'Cells hold a word for nothing, such as NULL or n/a.',
    'They were taken for empty ones.',
  ),
  'zero-advertising-id': note(
    'Advertising ids consist of zeros: the owner of the device limited ad tracking.',
    'They were ignored.',
  ),

  'blanks-around': mended('Cells have blanks around their value.', 'The blanks were cut.'),
  'invisible-characters': mended(
    'Cells have invisible characters around their value, such as no-break or zero-width blanks.',
    'They were cut.',
  ),
  'quotes-around': mended(
    'Cells have quotation marks around their value that are not those of CSV.',
    'They were cut.',
  ),
  'formula-around': mended('Cells are written as a formula, ="…".', 'What it shows was taken.'),
  'leading-apostrophe': mended(
    'Cells have an apostrophe before a number or =, +, - or @, as spreadsheets mark text.',
    'It was cut.',
  ),
  'id-decimals': mended(
    'Ids are whole numbers with decimals, such as 1234567.0.',
    'The decimals were cut. Export the column as text.',
  ),
  'id-thousands': mended(
    'Ids have commas between their thousands, such as 1,234,567.',
    'They were cut. Export the column as text.',
  ),
  'hash-upper-case': mended('Hashes are in upper case.', 'They were taken in lower case.'),
  'hash-prefix': mended(
    'Hashes have a prefix such as 0x, \\x or sha256: before them.',
    'It was cut.',
  ),
  'hash-separators': mended(
    'Hashes have blanks, colons or hyphens between their digits.',
    'They were cut.',
  ),
  'hash-base64': mended('Hashes are in base64.', 'They were taken as hex digits.'),
  'hash-list': mended(
    'Cells of email_sha256 hold several hashes.',
    'All were taken; the column for several is emails_sha256.',
  ),
  'advertising-id-upper-case': mended(
    'Advertising ids are in upper case.',
    'They were taken in lower case.',
  ),
  'advertising-id-form': mended(
    'Advertising ids are in braces or lack their hyphens.',
    'They were taken in their usual form.',
  ),

  'no-identifier': warning(
    'Rows have neither an e-mail hash nor an advertising id.',
    'They were taken, but their customers match nobody until an identifier is reported.',
  ),
  'email-as-id': warning(
    'Ids are e-mail addresses, or look like them.',
    'They were taken as they are. Better send ids that name nobody, such as the key in your database.',
  ),
  'id-scientific': warning(
    'Ids are in scientific notation, as a spreadsheet shortens long numbers: digits are lost.',
    'They were taken as they are. Export the file again with the column as text.',
  ),
  'id-marked': warning(
    "Ids look as if a spreadsheet had marked them: '1234, 1.234.567, 1234,0.",
    'They were taken as they are. Export the file again with the column as text.',
  ),
  'column-of-hashes': warning(
    'Columns were ignored that are full of hashes.',
    'If they are of e-mail addresses, cancel the import, call the column email_sha256 and send the ' +
      'file again. If not, start the import.',
  ),
  'column-of-addresses': warning(
    'Columns were ignored that are full of e-mail addresses.',
    'Nothing of them was stored. Cancel the import and send their SHA-256 in a column ' +
      'email_sha256, which the command "newcomer import" makes of a column email; or start the import.',
  ),
  'no-rows': warning(
    'The file has a header and no rows.',
    'Check how it was exported: nobody is in it.',
  ),
  'plain-email-beside': warning(
    'Plain e-mail addresses stand beside their hashes.',
    'They were not stored, and the hashes were taken. Leave the column of addresses out.',
  ),
  'id-placeholder': warning(
    'Ids are a word for nothing, such as NULL: all these rows are taken for one customer.',
    'They were taken as they are. Send the id of each customer.',
  ),

  'quote-broken': rejected(
    'A quotation mark opens a cell and is not closed properly.',
    'Close it, and write a quotation mark within a cell twice. Only cells of columns that are ' +
      'ignored may hold line breaks.',
  ),
  'line-too-long': rejected('The line is longer than 64 KiB.', 'Shorten it.'),
  'nul-character': rejected(
    'The row holds a NUL character.',
    'Export the file again as text, in UTF-8.',
  ),
  'too-many-cells': rejected(
    'The row has more cells than the header.',
    'Put cells that hold the separator in quotation marks.',
  ),
  'row-in-one-cell': rejected(
    'The whole row is in one cell.',
    'Separate its cells as those of the header are, and put no quotation marks around the row.',
  ),
  'header-again': rejected(
    'The row is the header once more.',
    'Remove it; files were probably joined.',
  ),
  'id-empty': rejected('The id is empty.', 'Send your own stable id of the customer.'),
  'id-too-long': rejected('The id is longer than 255 characters.', 'Send a shorter one.'),
  'id-characters': rejected(
    'The id has characters other than visible ASCII (0x21 to 0x7E), a blank perhaps.',
    'Send an id without them.',
  ),
  'plain-email': rejected(
    'A plain e-mail address stands where a hash belongs.',
    `It was not stored. ${HOW}; the command "newcomer import" can hash a column of addresses ` +
      'on your own machine.',
  ),
  'not-an-address': rejected(
    'What stood where an e-mail address belongs was none, and was not sent.',
    'Look it up in your file, at that line: there may be two addresses, or words beside one.',
  ),
  'hash-md5': rejected('A hash looks like an MD5.', SEND_HASH),
  'hash-sha1': rejected('A hash looks like a SHA-1.', SEND_HASH),
  'hash-sha512': rejected('A hash looks like a SHA-512.', SEND_HASH),
  'hash-uuid': rejected(
    'An id stands where a hash belongs.',
    'Send advertising ids in the column advertising_id.',
  ),
  'hash-length': rejected('A hash has not 64 hex digits.', SEND_HASH),
  'hash-not-hex': rejected('A hash has characters that are not hex digits.', SEND_HASH),
  'hash-of-nothing': rejected('A hash is that of the empty string or of a blank.', LEAVE_EMPTY),
  'hash-of-placeholder': rejected(
    'A hash is that of a placeholder such as null, not of an address.',
    LEAVE_EMPTY,
  ),
  'hash-one-digit': rejected('A hash is one digit repeated.', LEAVE_EMPTY),
  'hashed-with-line-break': rejected(
    'A known address was hashed with a line break behind it.',
    WHOLE_FILE,
  ),
  'hashed-with-blanks': rejected('A known address was hashed with blanks around it.', WHOLE_FILE),
  'hashed-with-quotes': rejected(
    'A known address was hashed with quotation marks or the like around it.',
    WHOLE_FILE,
  ),
  'hashed-in-upper-case': rejected('A known address was hashed in upper case.', WHOLE_FILE),
  'hashed-twice': rejected(
    'The hash of a known address or of a placeholder was hashed again.',
    WHOLE_FILE,
  ),
  'hashed-otherwise-before': rejected(
    'The MD5, SHA-1 or SHA-512 of a known address was hashed again.',
    WHOLE_FILE,
  ),
  'hashed-in-other-encoding': rejected(
    'A known address was hashed in another encoding than UTF-8.',
    WHOLE_FILE,
  ),
  'advertising-id-malformed': rejected(
    'An advertising id is not a UUID.',
    'Send it as the device gives it: 8-4-4-4-12 hex digits.',
  ),
  'too-many-identifiers': rejected(
    'The row has more than 10 identifiers.',
    'That is a mistake of a join more often than one person; send 10 at most.',
  ),
  'date-format': rejected(
    'A date is not in ISO 8601.',
    'Write it as 2026-07-25 or 2026-07-25T08:23:52Z.',
  ),
  'date-in-future': rejected('A purchase lies in the future.', 'Send when it was made.'),
  'dates-crossed': rejected(
    'The first purchase lies after the last one.',
    'Check which column is which.',
  ),
} satisfies Record<ReaderCode, Entry> & Record<string, Entry>

export type FindingCode = keyof typeof catalog

/** What holds an import back that was to start at once: somebody has to look at it first. */
export const HOLDS_BACK: ReadonlySet<string> = new Set<FindingCode>([
  'column-of-hashes',
  'column-of-addresses',
])

/** Why a row can't be imported; `reason` is of the row, `code` of the finding it counts for. */
export interface Fault {
  code: FindingCode
  reason: string
}

/** A fault of the row, or of its cell in a column. */
export function fault(code: FindingCode, column = '', detail?: string): Fault {
  const { message, advice } = catalog[code]
  const sentence = `${detail ?? message} ${advice}`
  return { code, reason: column === '' ? sentence : `${column}: ${sentence}` }
}
