import type { IncomingMessage } from 'node:http'
import { findTargetFault } from './target-rule.ts'
import type { TargetRule } from './target-rule.ts'
import { inBulkhead } from '../../kernel/bulkhead.ts'
import { createAgents } from './agent.ts'
import type { Agents } from './agent.ts'
import { createLocalNameResolver, createNameResolver } from './resolve-name.ts'
import type { ResolveName } from './resolve-name.ts'

/**
 * Why there was no answer. `forbidden`: the SSRF guard refuses the target, and made no connection to it.
 * `unknown`: none of the others.
 */
export type SendError =
  | 'forbidden'
  | 'timeout'
  | 'refused'
  | 'reset'
  | 'dns'
  | 'tls'
  | 'unreachable'
  | 'invalid'
  | 'unsendable'
  | 'unknown'

/** The result of one request: a status, or why there was none. Never an exception. */
export type SendResult = {
  durationMs: number
  retryAfter: string | null
  /** How the answer's body begins; null when it is empty. */
  answer: Uint8Array | null
} & ({ status: number; error: null } | { status: null; error: SendError })

/** A POST that is to be sent. */
export interface OutgoingRequest {
  /** With user name and password, if it has these: the request is then refused. */
  origin: string
  /** With the query. */
  path: string
  headers: Record<string, string>
  body: Uint8Array
}

export type Send = (request: OutgoingRequest) => Promise<SendResult>

export interface Sender {
  send: Send
  close(): Promise<void>
}

/** A receiver has this long for its whole answer, connecting included: the wire reference's. */
export const ATTEMPT_TIMEOUT_MS = 10_000
// A short answer is read to its end, so that the connection can be kept alive; a longer one costs it.
const MAX_ANSWER_BYTES = 8 * 1024
// As browsers and Node allow, all lines together.
const MAX_HEADER_BYTES = 16 * 1024
// The beginning of an answer that is kept: enough for the sentence that says what is wrong.
const BEGINNING_BYTES = 512

export interface SenderOptions {
  targetRule: TargetRule
  timeoutMs?: number
  /** By default name servers, and in development as the machine resolves names. */
  resolveName?: ResolveName
}

/** HTTP client with keep-alive, one request at a time on each connection. Follows no redirect. */
export function createSender({
  targetRule,
  timeoutMs = ATTEMPT_TIMEOUT_MS,
  resolveName = targetRule.isDevelopment ? createLocalNameResolver() : createNameResolver(),
}: SenderOptions): Sender {
  const isForbidden = createOriginCheck(targetRule)
  const agents = createAgents({ targetRule, resolveName, timeoutMs })

  async function send({ origin, path, headers, body }: OutgoingRequest): Promise<SendResult> {
    if (isForbidden(origin)) return failed('forbidden', 0)
    const began = performance.now()
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), timeoutMs)
    const durationMs = () => Math.round(performance.now() - began)
    try {
      const request = { origin, path, headers, body, signal: deadline.signal }
      const answer = await inBulkhead(() => requestAnswer(agents, request))
      return { ...answer, error: null, durationMs: durationMs() }
    } catch (error) {
      return failed(deadline.signal.aborted ? 'timeout' : toSendError(error), durationMs())
    } finally {
      clearTimeout(timer)
    }
  }

  return { send, close: () => Promise.resolve(agents.destroy()) }
}

interface Answer {
  status: number
  retryAfter: string | null
  answer: Uint8Array | null
}

interface Request extends OutgoingRequest {
  /** Aborted at the deadline. */
  signal: AbortSignal
}

async function requestAnswer(agents: Agents, request: Request): Promise<Answer> {
  const response = await requestResponse(agents, request)
  const answer = await readBeginning(response)
  return {
    // `requestResponse` answers no other.
    status: response.statusCode ?? 0,
    retryAfter: response.headers['retry-after'] ?? null,
    answer,
  }
}

/**
 * The final response. Node passes over any number of interim ones (100, 102, 103); undici takes a 100 that it
 * did not ask for, which HTTP allows, for a broken connection.
 */
function requestResponse(
  agents: Agents,
  { origin, path, headers, body, signal }: Request,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = agents.request(new URL(origin), {
      ...{ method: 'POST', path, signal, maxHeaderSize: MAX_HEADER_BYTES },
      headers: { ...headers, 'content-length': body.length },
    })
    request.on('error', reject)
    // A 101 in answer to a request that asked for no other protocol.
    request.on('upgrade', (_response, socket) => {
      socket.destroy()
      reject(notHttp())
    })
    request.on('response', (response) => {
      if ((response.statusCode ?? 0) >= 200) return resolve(response)
      response.on('error', () => undefined).destroy()
      reject(notHttp())
    })
    request.end(body)
  })
}

function notHttp(): Error {
  return Object.assign(new Error('what was answered is no HTTP response'), { code: 'HPE_STATUS' })
}

function failed(error: SendError, durationMs: number): SendResult {
  return { status: null, error, retryAfter: null, answer: null, durationMs }
}

// A bound on memory: an origin that is forgotten is checked again.
const MAX_ORIGINS = 10_000

/** A cache: the rule stays the same as long as the program runs. */
function createOriginCheck(targetRule: TargetRule): (origin: string) => boolean {
  const known = new Map<string, boolean>()
  return (origin) => {
    const before = known.get(origin)
    if (before !== undefined) return before
    const url = URL.parse(origin)
    const isForbidden = url === null || findTargetFault(url, targetRule) !== undefined
    if (known.size >= MAX_ORIGINS) known.clear()
    known.set(origin, isForbidden)
    return isForbidden
  }
}

/**
 * Reads the body to its end or its bound. The status has arrived, so it changes nothing when the body
 * breaks off or the deadline cuts it.
 */
function readBeginning(body: IncomingMessage): Promise<Uint8Array | null> {
  return new Promise((resolve) => {
    const beginning: Buffer[] = []
    let bytes = 0
    body
      .on('data', (chunk: Buffer) => {
        if (bytes < BEGINNING_BYTES) beginning.push(chunk.subarray(0, BEGINNING_BYTES - bytes))
        bytes += chunk.length
        if (bytes > MAX_ANSWER_BYTES) body.destroy()
      })
      .on('error', () => undefined)
      .on('close', () => resolve(bytes === 0 ? null : Buffer.concat(beginning)))
  })
}

const ERRORS_BY_CODE = new Map<string, SendError>([
  ['FORBIDDEN', 'forbidden'],
  ['ETIMEDOUT', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['ECONNREFUSED', 'refused'],
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['EADDRNOTAVAIL', 'unreachable'],
])

function toSendError(error: unknown): SendError {
  if (!(error instanceof Error)) return 'unknown'
  // Several addresses were tried: what happened to the first says it best.
  if (error instanceof AggregateError) return toSendError(error.errors[0])
  const code = (error as { code?: unknown }).code
  if (typeof code !== 'string') return 'unknown'
  const known = ERRORS_BY_CODE.get(code)
  if (known) return known
  if (code.startsWith('HPE_')) return 'invalid'
  // OpenSSL's names of what is wrong with a certificate or a handshake.
  return /^(CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/.test(
    code,
  )
    ? 'tls'
    : 'unknown'
}
