import { createHash } from 'node:crypto'

/**
 * The form in which this API takes an e-mail: SHA-256 of it, trimmed and lower-cased, as 64
 * lower-case hex digits. Trimming takes away all Unicode white space, so also the no-break spaces
 * and byte order marks that spreadsheets leave behind.
 *
 * Throws TypeError for what is not one e-mail address, and for what is a hash already: hashed twice
 * it would look right and match nobody. The message never contains the value.
 *
 *     hashEmail(' User@Example.com ') // 'b4c9a289…475514'
 */
export function hashEmail(email: string): string {
  if (typeof email !== 'string') throw new TypeError('The e-mail must be a string')
  const address = email.trim().toLowerCase()
  if (address === '') throw new TypeError('The e-mail is empty')
  if (/^[0-9a-f]+$/.test(address) && hexLengths.has(address.length)) {
    throw new TypeError('The e-mail is already hashed: pass SHA-256 hashes on as they are')
  }
  if (!address.includes('@')) throw new TypeError('The e-mail contains no @')
  if (/[\s<>]/.test(address)) throw new TypeError('The e-mail must be one address and no more')
  if (!/[^@]@[^@]+$/.test(address)) throw new TypeError('The e-mail lacks a part beside its @')
  return createHash('sha256').update(address, 'utf8').digest('hex')
}

/** Hex digits of MD5, SHA-1, SHA-256 and SHA-512, the hashes that e-mails are kept as. */
const hexLengths = new Set([32, 40, 64, 128])
