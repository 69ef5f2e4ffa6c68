import { ADDRESS_REMOVED, NOT_AN_ADDRESS, hasAtSign, looksLikeAddress } from './address-text.ts'
import { listEmailForms } from './email-forms.ts'
import type { Delimiter } from './file-form.ts'
import { isEmptyMarker, unwrapCell } from './normalize-cell.ts'
import { parseEmail } from './parse-email.ts'
import { parseHash, unwrapList } from './parse-hash.ts'
import type { HeaderColumn } from './parse-header.ts'
import { parseId } from './parse-id.ts'
import { removeAddresses } from './remove-addresses.ts'

/** What a cell is replaced by: bytes held one a character. Undefined: it stays. */
export type Replacement = string | Promise<string> | undefined

export type Hash = (text: string) => string | Promise<string>

/** The hashes of one address, of each form that it is to be known by. */
export type HashForms = (address: string) => (string | Promise<string>)[]

/** By one hash function: of the address alone, or of its second form as well. */
export function hashFormsOf(hash: Hash, hasSecond: boolean): HashForms {
  return (address) => (hasSecond ? listEmailForms(address) : [address]).map((form) => hash(form))
}

/** What became of the addresses in a file. */
export interface EmailCounts {
  /** The columns in which addresses were hashed, as the file's header names them. */
  columns: string[]
  /** Cells whose addresses were replaced by hashes. */
  hashed: number
  /** Cells of such columns that hold an `@` but no address: now `[not an address]`. */
  refused: number
  /** Addresses removed from elsewhere: from other columns, from lines that are not CSV. */
  removed: number
  /** Customer ids that look like addresses. They are your ids: they are kept as they are. */
  ids: number
  /** The records below the header, blank lines apart: as many as the server will count. */
  rows: number
  /** Columns with names that say nothing, full of addresses or hashes; absent where there are none. */
  unknown?: UnknownColumn[]
}

export interface UnknownColumn {
  name: string
  holds: 'hashes' | 'addresses'
}

export interface Cell {
  /** As it stands in the file, with its quotation marks; bytes held one a character. */
  raw: string
  text: string
  /** Undefined for one that the header has no name for. */
  column: HeaderColumn | undefined
  /** Whether its row has all its cells: else what stands in the place of the id may be anything. */
  isWhole: boolean
  /** What stands between the cells of its row. */
  delimiter: Delimiter
}

// Nobody asks for the marks here: what is sent is read again.
const unheard = { push: () => 0 }

/** What to put in place of a cell that may hold an address, and counts it. */
export function rewriteCell(cell: Cell, hash: HashForms, counts: EmailCounts): Replacement {
  const { text, raw, column, isWhole } = cell
  const means = column?.means
  if (means === 'email_sha256' || means === 'emails_sha256') {
    return rewriteEmails(cell, hash, counts)
  }
  if (!hasAtSign(text)) return undefined
  if (means === 'user_id' && isWhole && 'id' in parseId(text, unheard)) {
    counts.ids += 1
    return undefined
  }
  // Each row stays on its lines.
  if (/[\r\n]/.test(text)) return removeAddresses(raw, () => (counts.removed += 1))
  counts.removed += 1
  return ADDRESS_REMOVED
}

function rewriteEmails(
  { text, column, delimiter }: Cell,
  hash: HashForms,
  counts: EmailCounts,
): Replacement {
  if (!hasAtSign(text) && !looksLikeAddress(text)) return undefined
  const isList = column?.means === 'emails_sha256'
  const hashes = isList ? hashList(text, hash) : hashOne(text, hash)
  if (hashes === undefined) {
    counts.refused += 1
    return NOT_AN_ADDRESS
  }
  counts.hashed += 1
  const name = column?.name ?? ''
  if (!counts.columns.includes(name)) counts.columns.push(name)
  const separator = delimiter === '|' ? ';' : '|'
  if (hashes.every((each) => typeof each === 'string')) return hashes.join(separator)
  return Promise.all(hashes.map(async (each) => await each)).then((all) => all.join(separator))
}

type Hashes = (string | Promise<string>)[] | undefined

function hashOne(text: string, hash: HashForms): Hashes {
  const parsed = parseEmail(text)
  return 'address' in parsed ? hash(parsed.address) : undefined
}

/** Addresses and hashes, with any of the usual separators between them, each in quotes or all. */
function hashList(text: string, hash: HashForms): Hashes {
  return hashPieces(text, hash) ?? hashPieces(unwrapList(unwrapCell(text, unheard)), hash)
}

function hashPieces(text: string, hash: HashForms): Hashes {
  const pieces = text.split(/[|;,]/).flatMap(splitBlanks)
  const hashes: (string | Promise<string>)[] = []
  for (const piece of pieces) {
    const bare = unwrapCell(piece, unheard)
    if (bare === '' || isEmptyMarker(bare)) continue
    const known = parseHash(bare, unheard)
    const made = known === undefined ? hashOne(piece, hash) : [known]
    if (made === undefined) return undefined
    hashes.push(...made)
  }
  return hashes.length > 0 ? hashes : undefined
}

/** Only where there is an address on both sides: a name stands before one, too. */
function splitBlanks(piece: string): string[] {
  const words = piece.trim().split(/\s+/)
  return words.length > 1 && words.every((word) => word.includes('@')) ? words : [piece]
}
