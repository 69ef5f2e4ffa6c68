import { parseHttpDate } from '../../kernel/http-date.ts'
import type { SendResult } from '../transport/send.ts'
import { HOUR_MS } from '../../kernel/durations.ts'

/** What follows from an attempt. A failed one is retried by exponential backoff with jitter. */
export type NextStep =
  | { outcome: 'acknowledged' }
  /** The receiver never wants this event; with `gone`, none at all any more. */
  | { outcome: 'refused'; gone: boolean }
  | { outcome: 'failed'; retryAt: Date }
  | { outcome: 'expired' }

export interface AttemptState {
  /** The number of the attempt that was made, from 1. */
  attempt: number
  /** When the event's first attempt failed; null when this was the first. */
  failingSince: Date | null
  now: Date
  /** From 0 to 1, without 1. */
  random: number
}

// The schedule is the wire reference's: 10 s doubling for an hour, then hourly, for 72 h in all.
const FIRST_DELAY_MS = 10_000
const MAX_RETRY_AGE_MS = 72 * HOUR_MS
// Spreads the retries of events that failed together: a share of the delay, to either side.
const JITTER = 0.1

/** Decides what becomes of the event, by the receiver's answer or its absence. */
export function nextStep(result: SendResult, state: AttemptState): NextStep {
  const { status } = result
  if (status !== null && status >= 200 && status < 300) return { outcome: 'acknowledged' }
  if (status === 400 || status === 410) return { outcome: 'refused', gone: status === 410 }
  const failingSince = state.failingSince ?? state.now
  const lastChance = failingSince.getTime() + MAX_RETRY_AGE_MS
  if (state.now.getTime() >= lastChance) return { outcome: 'expired' }
  const planned = state.now.getTime() + delayMs(state, failingSince)
  const asked = state.now.getTime() + retryAfterMs(result.retryAfter, state.now)
  return { outcome: 'failed', retryAt: new Date(Math.min(Math.max(planned, asked), lastChance)) }
}

function delayMs({ attempt, now, random }: AttemptState, failingSince: Date): number {
  const inFirstHour = now.getTime() - failingSince.getTime() < HOUR_MS
  const delay = inFirstHour ? Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), HOUR_MS) : HOUR_MS
  return Math.round(delay * (1 - JITTER + 2 * JITTER * random))
}

/** How long a Retry-After header asks to wait, in seconds or until a date: honoured up to an hour. */
function retryAfterMs(header: string | null, now: Date): number {
  if (header === null) return 0
  const text = header.trim()
  const until = /^\d+$/.test(text)
    ? now.getTime() + Number(text) * 1000
    : (parseHttpDate(text, now) ?? 0)
  return Math.min(Math.max(until - now.getTime(), 0), HOUR_MS)
}
