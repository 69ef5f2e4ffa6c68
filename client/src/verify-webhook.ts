import { timingSafeEqual } from 'node:crypto'
import type { WebhookEvent } from './event.ts'
import { signButton, signStandard, standardKey } from './sign-webhook.ts'

/** Headers as `fetch` has them: asked by name. */
interface FetchHeaders {
  get(name: string): string | null
}

/** Headers as `fetch` has them, or as Node and its frameworks do: any case, lists as arrays. */
export type WebhookHeaders =
  FetchHeaders | Readonly<Record<string, string | readonly string[] | undefined>>

/** One secret, or several while a rotation is under way. */
type Secrets = { secret: string; secrets?: never } | { secrets: readonly string[]; secret?: never }

export type VerifyOptions = Secrets & {
  /** The body as it came, before any parsing: text that was parsed and printed has other bytes. */
  body: string | Uint8Array
  headers: WebhookHeaders
  /** How far the sender's clock may be from ours, either way, in seconds; 300 unless given. */
  toleranceSeconds?: number | undefined
  /** The current time, for tests. */
  now?: Date | undefined
}

/** Why a webhook was not accepted. */
export type VerificationReason =
  | 'missing-header'
  | 'malformed-header'
  | 'too-old'
  | 'too-new'
  | 'wrong-signature'
  | 'malformed-body'

/**
 * A request that must not be believed: answer 401 (a 400 would mean never to send it again). The
 * error contains neither secret nor body.
 */
export class WebhookVerificationError extends Error {
  readonly reason: VerificationReason

  constructor(reason: VerificationReason, message: string) {
    super(message)
    this.reason = reason
  }

  static {
    this.prototype.name = 'WebhookVerificationError'
  }
}

/**
 * Checks that a webhook comes from Newcomer, and answers its event.
 *
 * A request with any Standard Webhooks header (`webhook-id`, `webhook-timestamp`,
 * `webhook-signature`) must have all of them, rightly signed and recent; `X-Button-Signature` is
 * looked at only when there is none. That one covers no time, so anybody who recorded a delivery can
 * repeat it: remember the `id` of the events you have seen, which the body carries, signed.
 *
 * Throws WebhookVerificationError for a request that must not be believed, and TypeError when the
 * call itself is wrong (no secret, a body that was parsed already).
 */
export function verifyWebhook(options: VerifyOptions): WebhookEvent {
  const bytes = bodyBytes(options.body)
  const secrets = checkedSecrets(options)
  const read = (name: string) => readHeader(options.headers, name)
  const [id, timestamp, signature] = [
    read('webhook-id'),
    read('webhook-timestamp'),
    read('webhook-signature'),
  ]
  if (id !== undefined || timestamp !== undefined || signature !== undefined) {
    if (id === undefined || timestamp === undefined || signature === undefined) {
      throw new WebhookVerificationError('missing-header', 'A Standard Webhooks header is missing')
    }
    const { toleranceSeconds = 300, now = new Date() } = options
    const seconds = checkTime(timestamp, toleranceSeconds, now)
    verifyStandard(bytes, secrets, { id, timestamp: seconds, signature })
  } else {
    verifyButton(bytes, secrets, read('x-button-signature'))
  }
  return parseEvent(bytes)
}

function bodyBytes(body: string | Uint8Array): Uint8Array {
  if (typeof body === 'string') return Buffer.from(body, 'utf8')
  if (body instanceof Uint8Array) return body
  throw new TypeError('The body must be the raw text or bytes of the request, not what was parsed')
}

/** An empty secret is a misconfiguration with which anybody could sign. */
function checkedSecrets({ secret, secrets }: Secrets): readonly string[] {
  const all = secrets ?? [secret]
  if (all.length === 0 || all.some((one) => typeof one !== 'string' || one === '')) {
    throw new TypeError('There must be at least one secret, and none may be empty')
  }
  return all
}

function readHeader(headers: WebhookHeaders, name: string): string | undefined {
  if (isFetchHeaders(headers)) return headers.get(name) ?? undefined
  const values = Object.entries(headers)
    .filter(([key]) => key.toLowerCase() === name)
    .flatMap(([, value]) => value ?? [])
  // Several headers of one name mean the same as one with a list.
  return values.length === 0 ? undefined : values.join(', ')
}

function isFetchHeaders(headers: WebhookHeaders): headers is FetchHeaders {
  return typeof headers.get === 'function'
}

function checkTime(timestamp: string, toleranceSeconds: number, now: Date): number {
  if (!/^[1-9][0-9]{0,11}$/.test(timestamp)) {
    throw new WebhookVerificationError('malformed-header', 'webhook-timestamp must be seconds')
  }
  const seconds = Number(timestamp)
  const ageSeconds = Math.floor(now.getTime() / 1000) - seconds
  // Asked this way round, a tolerance or clock that is not a number refuses everything.
  if (Math.abs(ageSeconds) <= toleranceSeconds) return seconds
  throw ageSeconds < 0
    ? new WebhookVerificationError('too-new', 'webhook-timestamp lies in the future')
    : new WebhookVerificationError('too-old', 'webhook-timestamp is too long ago')
}

function verifyStandard(
  body: Uint8Array,
  secrets: readonly string[],
  { id, timestamp, signature }: { id: string; timestamp: number; signature: string },
): void {
  // A dot would make it ambiguous where the id ends and the time begins in what was signed.
  if (!/^[^\s.,]{1,255}$/.test(id)) {
    throw new WebhookVerificationError('malformed-header', 'webhook-id must be one id')
  }
  const usable = secrets.filter((secret) => standardKey(secret) !== undefined)
  if (usable.length === 0) {
    throw new WebhookVerificationError('wrong-signature', 'No secret has the form whsec_<base64>')
  }
  const expected = usable.map((secret) => signStandard({ id, timestamp, body, secret }))
  // `fetch` joins headers of one name with a comma and a space, hence the commas at the end.
  const given = signature.split(/\s+/).map((entry) => entry.replace(/,$/, ''))
  requireMatch(given, expected)
}

function verifyButton(body: Uint8Array, secrets: readonly string[], signature?: string): void {
  if (signature === undefined) {
    throw new WebhookVerificationError('missing-header', 'The request carries no signature')
  }
  const expected = secrets.map((secret) => signButton(body, secret))
  requireMatch(signature.split(/[\s,]+/), expected)
}

/** Signatures are compared as text: decoded, several spellings of one signature would pass. */
function requireMatch(given: readonly string[], expected: readonly string[]): void {
  // An attacker chooses how many signatures there are; a rotation needs two.
  const limited = given.filter((entry) => entry !== '').slice(0, 10)
  const matches = limited.flatMap((entry) => expected.map((one) => isEqual(entry, one)))
  if (!matches.includes(true)) {
    throw new WebhookVerificationError('wrong-signature', 'No signature matches the body')
  }
}

function isEqual(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)]
  // Lengths are no secret: they are the same for every right signature.
  return left.length === right.length && timingSafeEqual(left, right)
}

function parseEvent(bytes: Uint8Array): WebhookEvent {
  const event = parseJson(bytes) as Partial<WebhookEvent> | null | undefined
  if (typeof event?.id === 'string' && typeof event.event_type === 'string') {
    return event as WebhookEvent
  }
  throw new WebhookVerificationError('malformed-body', 'The body is signed, but is not an event')
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
