import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  timingSafeEqual,
} from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { takeRandom } from './random.ts'

// First byte of every blob, so that a later format or key can be told from this one.
const BLOB_FORMAT = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** What a sealed value stands for. Values sealed for different purposes never compare equal. */
export type SealPurpose =
  | 'identity'
  | 'customer'
  | 'guest'
  | 'order'
  | 'btn-ref'
  | 'content'
  | 'account'
  | 'repeat'
  | 'person'
  | 'recovery-code'
  | 'device'
  | 'provider'
  | 'limit'

/**
 * Keyed hashes and authenticated encryption; the only holder of the key. Values are sealed (one way, the
 * same value gives the same seal) to be matched, and encrypted (two ways, bound to their row) to be read
 * back.
 */
export interface Vault {
  /** 16 bytes: HMAC-SHA-256 of the parts under the purpose's own key, cut. */
  seal(purpose: SealPurpose, ...parts: string[]): Buffer
  /** AES-256-GCM of the value as JSON; `row` names table and key, and must be given to decrypt. */
  encrypt(row: string, value: unknown): Buffer
  decrypt<T>(row: string, blob: Uint8Array): T
  /** The same of bytes as they are. */
  encryptBytes(row: string, bytes: Uint8Array): Buffer
  decryptBytes(row: string, blob: Uint8Array): Buffer
  /** The key, for a thread of this process, which makes a vault of its own on it. */
  copyKey(): Uint8Array
  /** Differs for every key, and tells nothing about it. */
  checkValue: Buffer
}

export const KEY_BYTES = 32

/** Builds a vault on 32 bytes of key; each use gets a subkey of its own by HKDF-SHA-256. */
export function createVault(key: Uint8Array): Vault {
  if (key.length !== KEY_BYTES) throw new Error(`the key must be ${KEY_BYTES} bytes`)
  const subkey = (use: string): Buffer =>
    Buffer.from(hkdfSync('sha256', key, 'newcomer', use, KEY_BYTES))
  // Key objects: with bytes, preparing the key costs several times what sealing does.
  const sealKeys = new Map<SealPurpose, KeyObject>()
  const blobKey = createSecretKey(subkey('blob'))

  function seal(purpose: SealPurpose, ...parts: string[]): Buffer {
    let sealKey = sealKeys.get(purpose)
    if (!sealKey) sealKeys.set(purpose, (sealKey = createSecretKey(subkey(`seal ${purpose}`))))
    return createHmac('sha256', sealKey).update(parts.join('\0')).digest().subarray(0, 16)
  }

  function encryptBytes(row: string, bytes: Uint8Array): Buffer {
    const nonce = takeRandom(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', blobKey, nonce).setAAD(Buffer.from(row))
    const sealed = cipher.update(bytes)
    return Buffer.concat([
      Buffer.of(BLOB_FORMAT),
      nonce,
      sealed,
      cipher.final(),
      cipher.getAuthTag(),
    ])
  }

  function decryptBytes(row: string, blob: Uint8Array): Buffer {
    const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength)
    if (bytes[0] !== BLOB_FORMAT) throw new Error(`${row}: not a blob this program can read`)
    const nonce = bytes.subarray(1, 1 + NONCE_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', blobKey, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(Buffer.from(row)).setAuthTag(bytes.subarray(-TAG_BYTES))
    const sealed = bytes.subarray(1 + NONCE_BYTES, -TAG_BYTES)
    return Buffer.concat([decipher.update(sealed), decipher.final()])
  }

  return {
    seal,
    encrypt: (row, value) => encryptBytes(row, Buffer.from(JSON.stringify(value))),
    decrypt: <T>(row: string, blob: Uint8Array) =>
      JSON.parse(decryptBytes(row, blob).toString('utf8')) as T,
    encryptBytes,
    decryptBytes,
    copyKey: () => Uint8Array.from(key),
    checkValue: subkey('check'),
  }
}

/** Compares secrets of the same length without telling by its time where they differ. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right)
}
