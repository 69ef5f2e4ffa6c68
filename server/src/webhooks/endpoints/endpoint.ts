import { randomBytes } from 'node:crypto'
import { conflict } from '../../kernel/problem.ts'
import type { Cause, SubscribableType } from '../../events/event.ts'
import { HOUR_MS } from '../../kernel/durations.ts'

export interface Secret {
  /** `whsec_` and base64 of 32 random bytes. */
  secret: string
  /** RFC 3339; null for the one that stays. */
  expires_at: string | null
}

/** The encrypted settings of an endpoint: a URL can carry a secret too. */
export interface EndpointSettings {
  url: string
  description: string | null
  /** Newest first. */
  secrets: Secret[]
  /** Gets a mail when the endpoint pauses itself. */
  alert_email: string | null
  /** A batch has at most so many bytes; a single event beyond comes alone. */
  max_batch_bytes: number
}

export type PausedReason = 'by-hand' | 'failures' | 'gone'

/** Why an endpoint is sent nothing. */
export interface Pause {
  reason: PausedReason
  at: Date
  /** By hand: the name of the API key that called. */
  by: string | null
  /** For failures: how many of the events `attempted` in the last hour were failing. */
  failing: number | null
  attempted: number | null
  /** The last status that the receiver answered, or else why there was no answer. */
  status: number | null
  error: string | null
}

/** Endpoint (a webhook in the API): a URL to which an organization's events are sent. */
export interface Endpoint extends EndpointSettings {
  id: string
  /** Short form of the id; lanes are keyed by it. */
  number: number
  eventTypes: SubscribableType[]
  /** The numbers of the merchants whose events it wants; null: all. */
  merchants: number[] | null
  /** The causes of the changes of segments that it wants; null: all. */
  causes: Cause[] | null
  /** At most this many events come in one request. */
  batchSize: number
  /** Null while it is sent to. */
  pause: Pause | null
  createdAt: Date
  modifiedAt: Date
}

// The Standard Webhooks specification asks for 24 to 64.
const SECRET_BYTES = 32
// Every delivery is signed with each of them, in one header line.
const MAX_SECRETS = 5

export function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`
}

/** The secrets that are valid now, newest first. */
export function validSecrets(secrets: Secret[], now: Date): Secret[] {
  return secrets.filter(({ expires_at }) => expires_at === null || new Date(expires_at) > now)
}

/**
 * Secret rotation: puts a new secret in front. Older secrets expire after the overlap, unless they were to
 * expire earlier. An overlap of 0 ends them at once.
 */
export function rotateSecrets(
  secrets: Secret[],
  fresh: string,
  now: Date,
  overlapHours: number,
): Secret[] {
  const end = new Date(now.getTime() + overlapHours * HOUR_MS)
  const old = secrets.map(({ secret, expires_at }) => {
    const endsEarlier = expires_at !== null && new Date(expires_at) < end
    return { secret, expires_at: endsEarlier ? expires_at : end.toISOString() }
  })
  const valid = validSecrets([{ secret: fresh, expires_at: null }, ...old], now)
  if (valid.length > MAX_SECRETS) {
    throw conflict(
      `${MAX_SECRETS} secrets are valid already; rotate with overlap_hours 0 to end the old ones.`,
    )
  }
  return valid
}
