import type { SingleEvent } from '../event.ts'
import { signButton, signStandard } from '../sign-webhook.ts'
import { visible } from './text.ts'

/** What came of one request to the receiver. */
export interface Forwarded {
  /** Null without an answer. */
  status: number | null
  duration_ms: number
  /** What went wrong without an answer; else null. */
  error: string | null
  /** The first line of what an answer that is no success says. */
  answer: string | null
}

export interface Receiver {
  url: string
  /** `whsec_…` */
  secret: string
}

/** As long as Newcomer gives an endpoint. */
const TIMEOUT_MS = 10_000
/** As much of an answer as Newcomer looks at. */
const MAX_ANSWER = 8_192
const MAX_LINE = 200

/** Posts an event as Newcomer would, once. Never throws: what goes wrong is shown. */
export async function forward(event: SingleEvent, { url, secret }: Receiver): Promise<Forwarded> {
  const body = JSON.stringify(event)
  const timestamp = Math.floor(Date.now() / 1000)
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Newcomer-Listen',
    'x-button-signature': signButton(body, secret),
    'webhook-id': event.id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signStandard({ id: event.id, timestamp, body, secret }),
  }
  const start = performance.now()
  const since = () => Math.round(performance.now() - start)
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  try {
    // Newcomer follows no redirects either.
    const init = { method: 'POST', headers, body, redirect: 'manual' as const, signal }
    const response = await fetch(url, init)
    const text = await beginningOf(response)
    const answer = response.ok ? null : firstLine(text)
    return { status: response.status, duration_ms: since(), error: null, answer }
  } catch (cause) {
    const error = signal.aborted ? `no answer in ${TIMEOUT_MS / 1000} s` : reasonOf(cause)
    return { status: null, duration_ms: since(), error, answer: null }
  }
}

async function beginningOf({ body }: Response): Promise<string> {
  if (!body) return ''
  const decoder = new TextDecoder()
  let text = ''
  // The rest is not waited for: leaving the loop cancels it.
  for await (const chunk of body) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.length >= MAX_ANSWER) break
  }
  return text
}

function firstLine(text: string): string | null {
  const line = visible(text.trimStart().split(/[\r\n]/, 1)[0] ?? '')
  return line === '' ? null : line.slice(0, MAX_LINE)
}

/** `fetch` hides what went wrong in its cause, and there at times among several. */
function reasonOf(thrown: unknown): string {
  const { cause } = thrown as { cause?: { code?: unknown; message?: unknown } }
  if (cause?.code === 'ECONNREFUSED') return 'connection refused'
  if (typeof cause?.code === 'string') return cause.code
  return typeof cause?.message === 'string' ? visible(cause.message) : 'no answer'
}
