import { isStandIn, looksLikeAddress } from '../../../../client/src/customer-file/address-text.ts'
import { isEmptyMarker, unwrapCell } from '../../../../client/src/customer-file/normalize-cell.ts'
import {
  findHashFault,
  parseHash,
  splitHashes,
  unwrapList,
} from '../../../../client/src/customer-file/parse-hash.ts'
import { MAX_IDENTIFIERS } from '../../customers/identifier.ts'
import { fault } from './finding-catalog.ts'
import type { Fault, FindingCode } from './finding-catalog.ts'
import { WRONG_HASHES } from './known-examples.ts'

/**
 * The hashes of a cell of `email_sha256` or `emails_sha256`, in lower-case hex and added to
 * `hashes` once each; or what is wrong with the first that is not one.
 */
export function parseHashes(
  cell: string,
  column: string,
  hashes: string[],
  marks: FindingCode[],
): Fault | undefined {
  if (isStandIn(cell)) return fault('not-an-address', column)
  const text = unwrapList(unwrapCell(cell, marks))
  // Before it is cut to pieces: "name at example dot com" is an address as a whole.
  if (looksLikeAddress(text)) return fault('plain-email', column)
  let count = 0
  for (const piece of splitHashes(text)) {
    const hash = parsePiece(piece, column, marks)
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

function parsePiece(
  piece: string,
  column: string,
  marks: FindingCode[],
): string | Fault | undefined {
  const text = unwrapCell(piece, marks)
  if (text === '') return undefined
  if (isEmptyMarker(text)) {
    marks.push('empty-marker')
    return undefined
  }
  const hash = parseHash(text, marks)
  if (hash === undefined) {
    const { code, digits } = findHashFault(text)
    const told = digits === undefined ? undefined : `A hash has ${digits} hex digits instead of 64.`
    return fault(code, column, told)
  }
  const wrong = findWrongHash(hash)
  return wrong === undefined ? hash : fault(wrong, column)
}
