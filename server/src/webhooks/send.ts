import { Agent, errors } from 'undici'
import type { Dispatcher } from 'undici'

/** Why there was no answer. `unknown` is what none of the others says. */
export type SendError =
  | 'timeout'
  | 'refused'
  | 'reset'
  | 'dns'
  | 'tls'
  | 'unreachable'
  | 'invalid'
  | 'unsendable'
  | 'unknown'

/** What came of one request: a status, or why there was none. Never an exception. */
export type SendResult = { durationMs: number; retryAfter: string | null } & (
  { status: number; error: null } | { status: null; error: SendError }
)

export interface Delivery {
  origin: string
  /** With the query. */
  path: string
  headers: Record<string, string>
  body: Uint8Array
}

export type Send = (delivery: Delivery) => Promise<SendResult>

export interface Sender {
  send: Send
  close(): Promise<void>
}

/** A receiver has this long for its whole answer, connecting included: the wire reference's. */
export const ATTEMPT_TIMEOUT_MS = 10_000
// Nothing in an answer's body is of use; a short one is read so that the connection can be kept.
const MAX_ANSWER_BYTES = 8 * 1024

/** Sends over connections that are kept alive, one request at a time on each. */
export function createSender({ timeoutMs = ATTEMPT_TIMEOUT_MS } = {}): Sender {
  const agent = new Agent({
    pipelining: 1,
    // How many requests an endpoint gets at once is bounded by the dispatcher; a bound on the
    // origin would let one customer's dead endpoint hold up another's on the same host.
    connections: null,
    allowH2: false,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    // The place where addresses that must not be reached are refused: give a `lookup` here.
    connect: { timeout: timeoutMs },
  })

  async function send({ origin, path, headers, body }: Delivery): Promise<SendResult> {
    const began = performance.now()
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), timeoutMs)
    const durationMs = () => Math.round(performance.now() - began)
    try {
      const { signal } = deadline
      const answer = await agent.request({ origin, path, method: 'POST', headers, body, signal })
      await drop(answer, signal)
      const retryAfter = answer.headers['retry-after']
      return {
        status: answer.statusCode,
        error: null,
        retryAfter: typeof retryAfter === 'string' ? retryAfter : null,
        durationMs: durationMs(),
      }
    } catch (error) {
      const reason = deadline.signal.aborted ? 'timeout' : toSendError(error)
      return { status: null, error: reason, retryAfter: null, durationMs: durationMs() }
    } finally {
      clearTimeout(timer)
    }
  }

  return { send, close: () => agent.destroy() }
}

/** The status was given, so a body that drips, breaks off or never ends changes nothing. */
async function drop({ body }: Dispatcher.ResponseData, signal: AbortSignal): Promise<void> {
  await body.dump({ limit: MAX_ANSWER_BYTES, signal }).catch(() => undefined)
}

const ERRORS_BY_CODE = new Map<string, SendError>([
  ['ETIMEDOUT', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['ECONNREFUSED', 'refused'],
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  ['UND_ERR_SOCKET', 'reset'],
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['EADDRNOTAVAIL', 'unreachable'],
  ['UND_ERR_HEADERS_OVERFLOW', 'invalid'],
])

function toSendError(error: unknown): SendError {
  if (!(error instanceof Error)) return 'unknown'
  // Several addresses were tried: what happened to the first says it best.
  if (error instanceof AggregateError) return toSendError(error.errors[0])
  if (error instanceof errors.HTTPParserError) return 'invalid'
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
