import { NewcomerError } from './newcomer-error.ts'
import { chooseWaitMs, parseRetryAfterMs } from './retry.ts'

/** Members of a query string; those that are undefined are left out. */
export type Query = Record<string, string | number | undefined>

/** One call of the API. */
export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  query?: Query
  body?: unknown
  headers?: Record<string, string>
  /** Set for a call that would do a second thing, or take long again, if it were sent once more. */
  once?: true
  /** Gives up, at once and whatever the answer: the signal's reason is thrown then. */
  signal?: AbortSignal | undefined
}

/** A successful answer as it came, one thing or a list. */
export interface Envelope {
  meta: { status: 'ok'; next?: string | null; previous?: string | null }
  object?: unknown
  objects?: unknown[]
}

/** Sends a call and answers its envelope, or throws a NewcomerError. */
export type Send = (call: Call) => Promise<Envelope>

export interface SendParts {
  apiKey: string
  baseUrl: string
  timeoutMs: number
  retries: number
  fetch: typeof globalThis.fetch
  sleep: (ms: number) => Promise<void>
}

/** An attempt that failed; `again` says whether a repeat could help. */
export interface Failure {
  error: NewcomerError
  again: boolean
  retryAfterMs?: number | undefined
}

/**
 * Makes the function all calls go through. It repeats a call up to `retries` times: after a 429 or
 * 503, which say that nothing was done, and after no answer at all unless the call is a `once` call.
 */
export function createSend(parts: SendParts): Send {
  return async (call) => {
    let unanswered = false
    for (let tries = 0; ; tries++) {
      const outcome = await attempt(parts, call)
      if ('meta' in outcome) return outcome
      const { error, again, retryAfterMs } = outcome
      // An earlier try, whose answer was lost, has deleted it: what the caller wanted is so.
      if (call.method === 'DELETE' && unanswered && error.status === 404) return DELETED
      const waitMs = chooseWaitMs(tries, retryAfterMs, Math.random)
      if (!again || tries >= parts.retries || waitMs === undefined) throw error
      unanswered ||= error.status === 0
      await parts.sleep(waitMs)
    }
  }
}

const DELETED: Envelope = { meta: { status: 'ok' }, object: null }

async function attempt(parts: SendParts, call: Call): Promise<Envelope | Failure> {
  const { fetch, timeoutMs } = parts
  const request = createRequest(parts, call)
  const timeout = AbortSignal.timeout(timeoutMs)
  const signal = call.signal ? AbortSignal.any([timeout, call.signal]) : timeout
  let response: Response
  let text: string
  try {
    response = await fetch(urlOf(parts, call), { ...request, signal })
    text = await response.text()
  } catch (cause) {
    call.signal?.throwIfAborted()
    const error = timeout.aborted
      ? new NewcomerError({ status: 0, type: 'Timeout', message: `No answer in ${timeoutMs} ms` })
      : networkError(cause)
    return { error, again: call.once === undefined }
  }
  return readAnswer(response, text, parts.apiKey)
}

export function urlOf(parts: SendParts, call: Call): string {
  return parts.baseUrl + call.path + queryString(call.query ?? {})
}

export function createRequest({ apiKey }: SendParts, call: Call): RequestInit {
  const headers: Record<string, string> = {
    accept: 'application/json',
    authorization: `Basic ${basicCredentials(apiKey)}`,
    ...call.headers,
  }
  // A redirect is never followed: it would turn a POST into a GET and could leave for another host.
  const request = { method: call.method, headers, redirect: 'manual' as const }
  if (call.body === undefined) return request
  headers['content-type'] = 'application/json'
  return { ...request, body: JSON.stringify(call.body) }
}

function basicCredentials(apiKey: string): string {
  return btoa(`${apiKey}:`)
}

function queryString(query: Query): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value))
  }
  return search.size === 0 ? '' : `?${search.toString()}`
}

/** Only the system's error code is taken over: the rest of a cause may quote the request's headers. */
export function networkError(cause: unknown): NewcomerError {
  const code = (cause as { cause?: { code?: unknown } } | undefined)?.cause?.code
  const known = typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code)
  return new NewcomerError({
    status: 0,
    type: 'NetworkError',
    message: known ? `The server could not be reached: ${code}` : 'The server could not be reached',
    details: known ? { code } : {},
  })
}

export function readAnswer(response: Response, text: string, apiKey: string): Envelope | Failure {
  const answer = parseAnswer(text)
  if (response.ok && answer?.meta?.status === 'ok') return answer as Envelope
  const { status, headers } = response
  const requestId = headers.get('x-request-id') ?? undefined
  const again = status === 429 || status === 503
  const retryAfterMs = again ? parseRetryAfterMs(headers) : undefined
  const { message, type, details } = isRecord(answer?.error) ? redact(answer.error, apiKey) : {}
  const spoken = typeof message === 'string' && typeof type === 'string'
  const error = new NewcomerError({
    status,
    type: spoken ? type : 'UnexpectedAnswer',
    message: spoken ? message : `The server answered ${status}, but not in the form of this API`,
    details: isRecord(details) ? details : {},
    requestId,
  })
  return { error, again, retryAfterMs }
}

/** What an answer may be, as far as it has been looked at. */
interface RawAnswer {
  meta?: { status?: unknown }
  error?: unknown
}

function parseAnswer(text: string): RawAnswer | undefined {
  try {
    const answer: unknown = JSON.parse(text)
    return isRecord(answer) ? answer : undefined
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A proxy that quotes the request in its error must not put the API key into somebody's log. */
function redact(
  error: Record<string, unknown>,
  apiKey: string,
): { message?: unknown; type?: unknown; details?: unknown } {
  const secrets = [apiKey, basicCredentials(apiKey)]
  const text = JSON.stringify(error, (_, value: unknown) =>
    typeof value === 'string'
      ? secrets.reduce((clean, secret) => clean.replaceAll(secret, '[api key]'), value)
      : value,
  )
  return JSON.parse(text) as Record<string, unknown>
}
