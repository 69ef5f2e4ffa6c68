import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

const encoder = new TextEncoder()

/**
 * SHA-256 of a text's UTF-8 as lower-case hex. Not by WebCrypto, of which each call costs more than the hash, and
 * which pages that come over http do not have.
 */
export function hashText(text: string): string {
  return bytesToHex(sha256(encoder.encode(text)))
}

/** A SHA-256 of what comes piece by piece. */
export interface Digest {
  update(bytes: Uint8Array): void
  /** Once. */
  end(): string
}

export function createDigest(): Digest {
  const hash = sha256.create()
  return {
    update: (bytes) => void hash.update(bytes),
    end: () => bytesToHex(hash.digest()),
  }
}
