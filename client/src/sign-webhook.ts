import { createHmac } from 'node:crypto'

/** What a Standard Webhooks signature covers. */
export interface StandardParts {
  /** The header `webhook-id`. */
  id: string
  /** The header `webhook-timestamp`, whole seconds since 1970. */
  timestamp: number
  /** The raw body. */
  body: string | Uint8Array
  /** `whsec_<base64>`; the key is what the base64 stands for. */
  secret: string
}

/**
 * The header `X-Button-Signature` for a raw body: lower-case hex HMAC-SHA256. The key is the whole
 * secret as it is written, its prefix included. Throws TypeError for an empty secret.
 */
export function signButton(body: string | Uint8Array, secret: string): string {
  if (secret === '') throw new TypeError('The secret is empty')
  return createHmac('sha256', secret).update(body).digest('hex')
}

/** The header `webhook-signature`, `v1,<base64>`. Throws TypeError for a malformed secret or time. */
export function signStandard({ id, timestamp, body, secret }: StandardParts): string {
  const key = standardKey(secret)
  if (key === undefined) throw new TypeError('The secret must have the form whsec_<base64>')
  if (!Number.isSafeInteger(timestamp)) throw new TypeError('The timestamp must be whole seconds')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body)
  return `v1,${signature.digest('base64')}`
}

/** The key within a secret, or undefined if it has none: not every secret has the standard form. */
export function standardKey(secret: string): Uint8Array | undefined {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1]
  if (base64 === undefined) return undefined
  const key = Buffer.from(base64, 'base64')
  return key.length === 0 ? undefined : key
}
