import { createHmac, createSecretKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** The keys of a secret: each of the two signatures reads it in its own way. */
export interface SigningKey {
  /** The bytes of the secret as it is written: what X-Button-Signature is made with. */
  text: KeyObject
  /** The bytes that the base64 after `whsec_` stands for, as Standard Webhooks has it. */
  decoded: KeyObject
}

export function toSigningKey(secret: string): SigningKey {
  const decoded = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return { text: createSecretKey(secret, 'utf8'), decoded: createSecretKey(decoded) }
}

/** Lower-case hex HMAC-SHA-256 of the raw body. */
export function signButton(key: KeyObject, body: Uint8Array): string {
  return createHmac('sha256', key).update(body).digest('hex')
}

export interface Signable {
  /** The event's id. */
  id: string
  at: Date
  body: Uint8Array
}

/**
 * The headers by which a receiver knows that a request is ours and whole. `keys` are those of all
 * secrets that are valid now, newest first and at least one.
 *
 * While secrets overlap after a rotation, `webhook-signature` carries one signature for each: a
 * receiver may switch whenever it likes. `X-Button-Signature` is a single value, since the
 * published verifiers compare the header as a whole: it stays under the oldest secret until that
 * one ends, so that a rotation breaks nobody, and the moment of the change is known beforehand. A
 * receiver that verifies `X-Button-Signature` and wants to switch at once rotates with an overlap
 * of 0 hours.
 */
export function signatureHeaders(
  keys: readonly SigningKey[],
  { id, at, body }: Signable,
): Record<string, string> {
  const oldest = keys.at(-1)
  if (!oldest) throw new Error('an endpoint has no valid secret')
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const standard = keys.map(({ decoded }) => {
    const hmac = createHmac('sha256', decoded).update(`${id}.${timestamp}.`).update(body)
    return `v1,${hmac.digest('base64')}`
  })
  return {
    'x-button-signature': signButton(oldest.text, body),
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': standard.join(' '),
  }
}
