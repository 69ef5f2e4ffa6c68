import { FileRefused } from './file-refused.ts'
import type { Encoding } from './file-form.ts'
import { fromByteText, isAscii, toByteText } from './text-bytes.ts'

/**
 * How a file's bytes are read. Windows-1252 is not among them: in a file that is not UTF-16 each
 * record is UTF-8 where it can be, and Windows-1252 where it can't.
 */
export type ByteForm = Exclude<Encoding, 'windows-1252'>

export interface Beginning {
  form: ByteForm
  /** How many bytes the byte-order mark takes. */
  markBytes: number
}

/** As many bytes tell what a file is. */
export const BEGINNING_BYTES = 128

const CSV_HINT = 'Send a CSV file: text with a header line such as user_id,email_sha256.'
const ZSTD_HINT = 'Send it with the header Content-Encoding: zstd.'
const FOREIGN: readonly [magic: string, what: string, hint: string][] = [
  ['PK\x03\x04', 'a spreadsheet (xlsx) or a zip archive', 'Save it as CSV (UTF-8), or unpack it.'],
  ['PK\x05\x06', 'an empty zip archive', CSV_HINT],
  ['\xd0\xcf\x11\xe0', 'an old spreadsheet (xls)', 'Save it as CSV (UTF-8).'],
  ['\x1f\x8b', 'packed with gzip', 'Send it with the header Content-Encoding: gzip.'],
  ['\x28\xb5\x2f\xfd', 'packed with zstd', ZSTD_HINT],
  ['\x04\x22\x4d\x18', 'packed with lz4', 'Unpack it, or pack it with gzip or zstd.'],
  ['BZh', 'packed with bzip2', 'Unpack it, or pack it with gzip or zstd.'],
  ['\xfd7zX', 'packed with xz', 'Unpack it, or pack it with gzip or zstd.'],
  ['7z\xbc\xaf', 'a 7z archive', 'Unpack it.'],
  ['Rar!', 'a rar archive', 'Unpack it.'],
  ['%PDF', 'a PDF', CSV_HINT],
  ['PAR1', 'a Parquet file', 'Export it as CSV.'],
  ['Obj\x01', 'an Avro file', 'Export it as CSV.'],
  ['\x7fELF', 'a program', CSV_HINT],
  ['\x89PNG', 'a picture', CSV_HINT],
  ['\xff\xd8\xff', 'a picture', CSV_HINT],
  ['\xff\xfe\x00\x00', 'text in UTF-32', 'Save it as UTF-8.'],
  ['\x00\x00\xfe\xff', 'text in UTF-32', 'Save it as UTF-8.'],
]

/** Tells by its first bytes (fewer only where the file is shorter) what a file is. */
export function parseBeginning(bytes: Uint8Array): Beginning {
  const start = toByteText(bytes.subarray(0, BEGINNING_BYTES))
  if (/^[\x50-\x5f]\x2a\x4d\x18/.test(start)) throw refuseForeign('packed with zstd', ZSTD_HINT)
  for (const [magic, what, hint] of FOREIGN) {
    if (start.startsWith(magic)) throw refuseForeign(what, hint)
  }
  if (start.startsWith('\xef\xbb\xbf')) return { form: 'utf-8', markBytes: 3 }
  if (start.startsWith('\xff\xfe')) return { form: 'utf-16le', markBytes: 2 }
  if (start.startsWith('\xfe\xff')) return { form: 'utf-16be', markBytes: 2 }
  return { form: findForm(start), markBytes: 0 }
}

/** Without a mark. A header has ASCII letters, of which UTF-16 makes a letter and a NUL. */
function findForm(start: string): ByteForm {
  const zeros = [0, 0]
  for (let index = 0; index < start.length; index += 1) {
    if (start[index] === '\0') zeros[index % 2] = (zeros[index % 2] ?? 0) + 1
  }
  const [even = 0, odd = 0] = zeros
  const most = Math.max(even, odd)
  // Some of its letters may be of other scripts.
  const isWide = most > 1 && most * 3 >= start.length && Math.min(even, odd) * 4 < most
  if (!isWide) return 'utf-8'
  return odd > even ? 'utf-16le' : 'utf-16be'
}

function refuseForeign(what: string, hint: string): FileRefused {
  return new FileRefused('NotCsv', `The file is ${what}, not CSV. ${hint}`)
}

/** Throws a FileRefused that says what a text is which begins like no header. */
export function refuseOtherText(text: string): void {
  // What stands in for an address begins like a list of JSON.
  const looks = /^\s*(?!\[(?:address|not an))(?:([[{])|(<)|(-----BEGIN)|(%!PS))/.exec(text)
  if (!looks) return
  const what = looks[1] ? 'JSON' : looks[2] ? 'HTML or XML' : looks[3] ? 'encrypted' : 'PostScript'
  throw new FileRefused('NotCsv', `The file looks like ${what}, not like CSV. ${CSV_HINT}`)
}

/** Takes the next bytes of a file and gives the same text as UTF-8, whole characters only. */
export type Transcode = (bytes: Uint8Array, isLast: boolean) => Uint8Array

export function createTranscode(form: ByteForm): Transcode {
  if (form === 'utf-8') return (bytes) => bytes
  // A lone surrogate becomes U+FFFD, which takes as many units as it: bytes can be counted back.
  const decoder = new TextDecoder(form, { ignoreBOM: true })
  const encoder = new TextEncoder()
  return (bytes, isLast) => encoder.encode(decoder.decode(bytes, { stream: !isLast }))
}

/** How many bytes of the file these bytes of UTF-8, made from whole characters of it, stand for. */
export function countOriginalBytes(form: ByteForm, utf8: Uint8Array): number {
  if (form === 'utf-8') return utf8.length
  let units = 0
  for (const byte of utf8) {
    if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1
  }
  return 2 * units
}

// Where Windows-1252 is not Latin-1: the characters of the bytes 0x80 to 0x9F.
const WINDOWS =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
  '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178'

const lenient = new TextDecoder('utf-8', { ignoreBOM: true })

/** The text of bytes that are held one a character. */
export function decodeText(bytes: string, isWindows: boolean): string {
  if (isAscii(bytes)) return bytes
  if (!isWindows) return lenient.decode(fromByteText(bytes))
  return bytes.replaceAll(/[\x80-\x9f]/g, (byte) => WINDOWS.charAt(byte.charCodeAt(0) - 0x80))
}
