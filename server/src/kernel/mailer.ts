import { createTransport } from 'nodemailer'
import type { MailConfig } from './config.ts'

export interface Message {
  /** One address. */
  to: string
  subject: string
  text: string
  /** The same for each repetition, so that a reader's program can tell that it is one. */
  id: string
}

export interface Mailer {
  /** Throws a MailError when the message was not taken. */
  send(message: Message): Promise<void>
  /** Breaks off what is under way; nothing is sent any more. */
  stop(): void
}

/** Why a message was not sent, without what servers like to repeat: the address. */
export class MailError extends Error {
  override readonly name: string = 'MailError'
  /** The library's word for it, such as `ECONNECTION` or `EENVELOPE`. */
  readonly code: string
  /** The SMTP status; null where the server said nothing. */
  readonly status: number | null

  constructor(code: string, status: number | null) {
    super(`A mail was not sent: ${code}${status === null ? '' : ` ${status}`}`)
    this.code = code
    this.status = status
  }
}

// In all: a server that accepts slowly, byte by byte, must not hold up what waits behind.
const TIMEOUT_MS = 10_000
// Keeps programs that answer mail, such as those of people on holiday, from answering this one.
const HEADERS = { 'Auto-Submitted': 'auto-generated' }
const DEFAULT_PORT = 587
const DEFAULT_TLS_PORT = 465

/** Hands messages to one SMTP server, over a connection for each: they are few. */
export function createMailer({ url, from }: MailConfig, { timeoutMs = TIMEOUT_MS } = {}): Mailer {
  const { protocol, hostname, port, username, password } = new URL(url)
  const isTls = protocol === 'smtps:'
  const hasUser = username !== ''
  const stopping = new AbortController()
  const transport = createTransport({
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (isTls ? DEFAULT_TLS_PORT : DEFAULT_PORT) : Number(port),
    secure: isTls,
    // A password never goes over a line that others can read.
    requireTLS: hasUser,
    ...(hasUser && {
      auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
    }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async send({ to, subject, text, id }) {
      const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(timeoutMs)])
      const messageId = `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`
      const who = { from: { name: 'Newcomer', address: from }, to: { name: '', address: to } }
      try {
        await transport.sendMail({ ...who, subject, text, messageId, headers: HEADERS, signal })
      } catch (error) {
        throw toMailError(error)
      }
    },
    stop: () => stopping.abort(),
  }
}

function toMailError(error: unknown): MailError {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown }
  return new MailError(
    typeof code === 'string' ? code : 'unknown',
    typeof responseCode === 'number' ? responseCode : null,
  )
}
