import { md5, sha1 } from '@noble/hashes/legacy.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { checkHash, HASH_MESSAGES, parseEmail } from '@newcomer/client/browser'

export interface Mistake {
  isRight: boolean
  title: string
  advice: string
}

const DIGESTS = {
  md5: (bytes: Uint8Array) => bytesToHex(md5(bytes)),
  sha1: (bytes: Uint8Array) => bytesToHex(sha1(bytes)),
  sha256: (bytes: Uint8Array) => bytesToHex(sha256(bytes)),
  sha512: (bytes: Uint8Array) => bytesToHex(sha512(bytes)),
}

/** Why a hash is not that of the address; undefined as long as one of them is not there. */
export function findMistake(typed: string, sent: string): Mistake | undefined {
  const parsed = parseEmail(typed)
  if (sent.trim() === '' || !('address' in parsed)) return undefined
  // What a field of a form adds at its ends is not the sender's.
  const what = { address: parsed.address, typed, sent: sent.trim() }
  const { outcome, codes } = checkHash(what, DIGESTS)
  const advice = codes.map((code) => HASH_MESSAGES[code]).join(' ')
  if (outcome === 'right') {
    const right = 'Your hash is the one that everybody else makes of it.'
    return { isRight: true, title: 'It is right', advice: right }
  }
  if (outcome === 'mended') return { isRight: true, title: 'It is right, in another form', advice }
  return { isRight: false, title: 'It is another hash', advice }
}
