import { hash, randomBytes } from 'node:crypto'

// 256 bits, which nobody guesses: it need not be salted, and is found by its hash.
const TOKEN_BYTES = 32

/** What a token looks like, wherever one is taken from. */
export const TOKEN = /^[\w-]{43}$/

/** A new token for a cookie or a link. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url')
}

/** All that is kept of a token. */
export function hashToken(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}
