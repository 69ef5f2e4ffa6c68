import { request as requestHttp } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
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
    const response = await post(url, { headers, body, signal })
    const status = response.statusCode ?? 0
    const text = await beginningOf(response)
    const answer = status < 300 ? null : firstLine(text)
    return { status, duration_ms: since(), error: null, answer }
  } catch (cause) {
    const error = signal.aborted ? `no answer in ${TIMEOUT_MS / 1000} s` : reasonOf(cause)
    return { status: null, duration_ms: since(), error, answer: null }
  }
}

interface Post {
  headers: Record<string, string>
  body: string
  signal: AbortSignal
}

/**
 * The final response, as Newcomer takes it: after any number of interim ones (`fetch` fails at a 100), and
 * without following redirects.
 */
function post(url: string, { headers, body, signal }: Post): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? requestHttps : requestHttp
    const request = send(url, { method: 'POST', headers, signal })
    request.on('error', reject)
    request.on('upgrade', (_response, socket) => {
      socket.destroy()
      reject(new Error('the answer is no HTTP response'))
    })
    request.on('response', (response) => {
      if ((response.statusCode ?? 0) >= 200) return resolve(response)
      response.on('error', () => undefined).destroy()
      reject(new Error('the answer is no HTTP response'))
    })
    request.end(body)
  })
}

async function beginningOf(response: IncomingMessage): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  // The rest is not waited for: leaving the loop ends the connection.
  for await (const chunk of response) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.length >= MAX_ANSWER) break
  }
  return text
}

function firstLine(text: string): string | null {
  const line = visible(text.trimStart().split(/[\r\n]/, 1)[0] ?? '')
  return line === '' ? null : line.slice(0, MAX_LINE)
}

function reasonOf(thrown: unknown): string {
  const { code, message } = thrown as { code?: unknown; message?: unknown }
  if (code === 'ECONNREFUSED') return 'connection refused'
  if (typeof code === 'string') return code
  return typeof message === 'string' ? visible(message) : 'no answer'
}
