import { MAX_IDENTIFIERS } from '../../customers/identifier.ts'
import { fault } from './finding-catalog.ts'
import type { Fault, FindingCode } from './finding-catalog.ts'
import { WRONG_HASHES } from './known-examples.ts'
import { isEmptyMarker, unwrapCell } from './normalize-cell.ts'
import type { Marks } from './normalize-cell.ts'
import { looksLikeAddress } from './redact.ts'

const SHA256 = /^[0-9a-f]{64}$/
const PREFIX = /^(?:\\+x|0x|\{sha-?_?256\}|sha-?_?256\s*[:=$-])\s*/i
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
// A bare MD5 or UUID twice in a cell would else be taken for one SHA-256 with a gap.
const TWO_OF_THEM = /^32,32$|8,4,4,4,12/
/** The shortest that a hash is written: base64 without padding. */
const SHORTEST_HASH = 43

/**
 * The hashes of a cell of `email_sha256` or `emails_sha256`, in lower-case hex and added to
 * `hashes` once each; or what is wrong with the first that is not one.
 */
export function readHashes(
  cell: string,
  column: string,
  hashes: string[],
  marks: Marks,
): Fault | undefined {
  const text = unwrapList(unwrapCell(cell, marks))
  // Before it is cut to pieces: "name at example dot com" is an address as a whole.
  if (looksLikeAddress(text)) return fault('plain-email', column)
  let count = 0
  for (const piece of splitList(text)) {
    const hash = readHash(piece, column, marks)
    if (hash === undefined) continue
    if (typeof hash !== 'string') return hash
    count += 1
    if (!hashes.includes(hash)) hashes.push(hash)
    // A line holds a thousand, each of which would be compared with all before it.
    if (hashes.length > MAX_IDENTIFIERS) return fault('too-many-identifiers')
  }
  if (count > 1 && column === 'email_sha256') marks.push('hash-list')
  return undefined
}

/** What is wrong with a hash that is well formed: it is known to stand for no person. */
export function findWrongHash(hash: string): FindingCode | undefined {
  return WRONG_HASHES.get(hash) ?? (/^(.)\1*$/.test(hash) ? 'hash-one-digit' : undefined)
}

function readHash(piece: string, column: string, marks: Marks): string | Fault | undefined {
  const text = unwrapCell(piece, marks)
  if (text === '') return undefined
  if (isEmptyMarker(text)) {
    marks.push('empty-marker')
    return undefined
  }
  const hash = mendHash(text, marks)
  if (hash === undefined) return whatIsWrong(text, column)
  const wrong = findWrongHash(hash)
  return wrong === undefined ? hash : fault(wrong, column)
}

function mendHash(text: string, marks: Marks): string | undefined {
  const bare = text.replace(PREFIX, '')
  const lower = bare.toLowerCase()
  const mended = SHA256.test(lower) ? lower : (joinDigits(lower, marks) ?? readBase64(bare, marks))
  if (mended === undefined) return undefined
  if (bare !== text) marks.push('hash-prefix')
  if (bare !== lower && !marks.includes('hash-base64')) marks.push('hash-upper-case')
  return mended
}

function joinDigits(lower: string, marks: Marks): string | undefined {
  const groups = lower.split(/[\s:'"`-]+/).filter((group) => group !== '')
  const joined = groups.join('')
  if (!SHA256.test(joined)) return undefined
  if (TWO_OF_THEM.test(groups.map((group) => group.length).join(','))) return undefined
  marks.push('hash-separators')
  return joined
}

/** Of the bytes, in either alphabet and with padding or without. */
function readBase64(text: string, marks: Marks): string | undefined {
  if (!/^[\w+/-]{43}=?$/.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64url')
  const spelled = text.replace(/=$/, '').replaceAll('+', '-').replaceAll('/', '_')
  // What decodes and is not what the bytes encode to was never base64 of 32 bytes.
  if (bytes.length !== 32 || bytes.toString('base64url') !== spelled) return undefined
  marks.push('hash-base64')
  return bytes.toString('hex')
}

function whatIsWrong(text: string, column: string): Fault {
  const lower = text.replace(PREFIX, '').toLowerCase()
  if (UUID.test(lower)) return fault('hash-uuid', column)
  if (!/^[0-9a-f]*$/.test(lower)) return fault(nameBase64(text), column)
  if (lower.length === 32) return fault('hash-md5', column)
  if (lower.length === 40) return fault('hash-sha1', column)
  if (lower.length === 128) return fault('hash-sha512', column)
  return fault('hash-length', column, `A hash has ${lower.length} hex digits instead of 64.`)
}

function nameBase64(text: string): FindingCode {
  if (/^[\w+/-]{22}==$/.test(text)) return 'hash-md5'
  if (/^[\w+/-]{27}=$/.test(text)) return 'hash-sha1'
  return /^[\w+/-]{86}==$/.test(text) ? 'hash-sha512' : 'hash-not-hex'
}

/** JSON, PostgreSQL and Python write lists in brackets. */
function unwrapList(text: string): string {
  const isWrapped = /^(?:\[.*\]|\{.*\}|\(.*\))$/s.test(text)
  return isWrapped && !/^\{sha/i.test(text) ? text.slice(1, -1) : text
}

function splitList(text: string): string[] {
  return text.split(/[|;,]/).flatMap((piece) => {
    const parts = piece.trim().split(/\s+/)
    return parts.length > 1 && parts.every((part) => part.length >= SHORTEST_HASH) ? parts : piece
  })
}
