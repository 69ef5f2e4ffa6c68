import { Buffer } from 'node:buffer'
import { hashEmailColumn } from '../../../../client/src/customer-file/hash-emails.ts'
import { UUID, hashOf, readFile, sha256 } from './read-file.ts'

/**
 * A file of about so many bytes, its longest records of about so many, of one kind that makes a careless
 * reader work more than its length.
 */
export type GreedyFile = (bytes: number, recordBytes: number) => Buffer

const H = hashOf('greedy')

/** What is repeated, to so many bytes. */
function fill(piece: string, bytes: number): string {
  return piece.repeat(Math.ceil(bytes / Buffer.byteLength(piece)))
}

/** A file of rows that are the same but for their number. */
const ofRows =
  (header: string, row: (number: number, recordBytes: number) => string): GreedyFile =>
  (bytes, recordBytes) => {
    const lines = [header]
    for (let length = header.length, number = 0; length < bytes; number++) {
      const line = row(number, recordBytes)
      lines.push(line)
      length += Buffer.byteLength(line) + 1
    }
    return Buffer.from(`${lines.join('\n')}\n`)
  }

/** Rows with one long value each, made of one piece. */
const ofCells = (header: string, piece: string, start = 'id', end = ''): GreedyFile =>
  ofRows(header, (number, length) => `${start}-${number},${fill(piece, length)}${end}`)

/** All of the file, below a header, is one piece again and again. */
const ofPieces =
  (piece: string, header = 'user_id,email_sha256\n'): GreedyFile =>
  (bytes) =>
    Buffer.from(header + fill(piece, bytes))

const EMAILS = 'user_id,email'

/** By what they are made of. */
export const GREEDY_FILES: Record<string, GreedyFile> = {
  'a header of one name': (_bytes, length) => Buffer.from(`${fill('email,', length)}\nx,y\n`),
  'a header of unknown names': (_bytes, length) => Buffer.from(`${fill('qx7,', length)}\nx,y\n`),
  'a header that does not end': (_bytes, length) => Buffer.from(fill('email,"', length)),
  'unknown columns, as many as may be': ofRows(
    Array.from({ length: 500 }, (_, at) => `column ${at}`).join(',') + ',user_id,email_sha256',
    (number, length) => `${fill(`${H},`, length)}${number}`,
  ),
  'empty cells': ofRows(EMAILS, (_number, length) => ','.repeat(length)),
  'short rows': ofRows(EMAILS, (number) => `${number}`),
  'rows of one faulty hash': ofRows('user_id,email_sha256', (number) => `${number},${H.slice(9)}`),
  'rows with a fault each': ofRows(
    'user_id,email_sha256,first_purchase_date',
    (number) => `a b ${number},${number},2026-02-30`,
  ),
  'quotation marks': ofPieces('"'),
  'quotation marks in rows': ofPieces('"a"b"c""\n'),
  'marks that are never closed': ofPieces('x,"y\n'),
  'one mark that is never closed': ofPieces('x,y\n', 'user_id,email_sha256\n"'),
  'line ends of Macs': ofPieces('\r'),
  'line ends of each kind': ofPieces('\r\n\n\r'),
  'blank lines': ofPieces(' \t \u00a0\n'),
  'NUL bytes': ofPieces('\0'),
  'NUL bytes in rows': ofPieces('x,\0\n'),
  'bytes of no encoding': (bytes) =>
    Buffer.concat([Buffer.from(`${EMAILS}\nx,`), Buffer.alloc(bytes, 0xff)]),
  'one line': ofPieces('x'),
  'addresses in one cell': ofCells(EMAILS, 'someone@shop.example|'),
  'addresses in a list': ofCells('user_id,emails', 'someone@shop.example;'),
  'at signs': ofCells(EMAILS, 'a@'),
  'an address of dots': ofCells(EMAILS, '.a', 'id', '@shop.example'),
  'a host of dots': ofCells(EMAILS, 'a.', 'id-someone@shop', 'example'),
  brackets: ofCells(EMAILS, '<', 'id', 'someone@shop.example'),
  'brackets of both kinds': ofCells(EMAILS, '<>'),
  'quotes within': ofCells(EMAILS, "'", 'id', 'someone@shop.example'),
  blanks: ofCells(EMAILS, ' ', 'id', 'x'),
  'blanks within': ofCells(EMAILS, 'a ', 'id', '@shop.example'),
  mailto: ofCells(EMAILS, 'mailto:', 'id', 'someone@shop.example'),
  'percent signs': ofCells(EMAILS, '%25', 'id', '40shop.example'),
  entities: ofCells(EMAILS, '&#64;'),
  'ats in words': ofCells(EMAILS, 'a (at) '),
  'zero-width characters': ofCells(EMAILS, '\u200b', 'id', 'someone@shop.example'),
  'combining marks': ofCells(EMAILS, '\u0301\u0323', 'id', 'someone@shop.example'),
  'letters to compose': ofCells(EMAILS, 'e\u0301', 'id', '@shop.example'),
  'hashes in one cell': ofCells('user_id,email_sha256', `${H}|`),
  'hexadecimal digits': ofCells('user_id,email_sha256', 'ab'),
  'hexadecimal digits with colons': ofCells('user_id,email_sha256', 'ab:'),
  'prefixes of hashes': ofCells('user_id,email_sha256', 'sha256:'),
  base64: ofCells('user_id,email_sha256', 'Ab+/', 'id', '='),
  'advertising ids': ofCells('user_id,advertising_id', `${UUID}|`),
  'digits of a date': ofCells('user_id,first_purchase_date', '2026-'),
  'digits of a fraction': ofCells('user_id,first_purchase_date', '9', 'id', 'Z'),
  'digits of an id': ofRows(
    'email_sha256,user_id',
    (_number, length) => `${H},${fill('1,234', length)}`,
  ),
  'apostrophes of an id': ofRows(
    'email_sha256,user_id',
    (_number, length) => `${H},${fill("'", length)}`,
  ),
}

const PIECE = 16_384

/** Reads a whole file as it comes over a line, in pieces. Rejects with a FileRefused. */
export type GreedyReader = (file: Uint8Array) => Promise<void>

/** By who reads: the server that imports the file, the sender that hashes its addresses. */
export const GREEDY_READERS: Record<string, GreedyReader> = {
  server: async (file) => {
    const pieces = Math.floor(file.length / PIECE)
    readFile(file, { cuts: Array.from({ length: pieces }, (_, at) => (at + 1) * PIECE) })
    return Promise.resolve()
  },
  sender: async (file) => {
    async function* inPieces() {
      for (let at = 0; at < file.length; at += PIECE) yield file.subarray(at, at + PIECE)
    }
    for await (const chunk of hashEmailColumn(inPieces(), { hash: sha256 })) void chunk
  },
}
