import { objectOf } from './answer.ts'
import { createCalls } from './calls.ts'
import type { Calls } from './calls.ts'
import type { Import } from './import-answer.ts'
import { createImportStateCalls } from './import-state-calls.ts'
import type { ImportStateCalls } from './import-state-calls.ts'
import { pathTo } from './path.ts'
import { networkError, createRequest, readAnswer, createSend, urlOf } from './send.ts'
import type { Call, Send, SendParts } from './send.ts'

export interface BrowserClientOptions {
  /** `org-…`, for which the person who is signed in calls. */
  organization: string
  /** Told of each call as it is sent, of a file's pieces and a repetition too: a page can show what it asked. */
  onCall?: ((call: SentCall) => void) | undefined
}

/** A call as it leaves the browser. */
export interface SentCall {
  method: string
  /** With its query. */
  path: string
  /** JSON; undefined where there is none, and for a file's. */
  body: string | undefined
  /** Whether it sends a piece of a file. */
  isFile: boolean
}

/** A piece of a file, as a browser sends it: it can't send what is still being made. */
export interface ImportPiece {
  /** The byte of the file, uncompressed, that it begins with: the import's `received_bytes`. */
  offset: number
  isLast: boolean
  content: Blob
  /** Where `content` is compressed. */
  encoding?: 'gzip' | undefined
  signal?: AbortSignal | undefined
}

export interface BrowserImportCalls extends ImportStateCalls {
  /** Sends one piece, once, and answers what the server has then. Throws NewcomerError. */
  sendPiece(id: string, piece: ImportPiece): Promise<Import>
}

/** The calls of `createClient`, and `send` for others. */
export interface BrowserClient extends Calls {
  imports: BrowserImportCalls
  send: Send
}

/**
 * A client for pages that the server itself serves: its calls carry the session's cookie and name the
 * organization. Throws nothing; its calls throw NewcomerError.
 */
export function createBrowserClient(options: BrowserClientOptions): BrowserClient {
  const parts: SendParts = {
    apiKey: undefined,
    headers: { 'newcomer-organization': options.organization },
    baseUrl: '',
    timeoutMs: 30_000,
    retries: 1,
    fetch: (input, init) => {
      const { method = 'GET', body } = init ?? {}
      const text = typeof body === 'string' ? body : undefined
      options.onCall?.({ method, path: pathOf(input), body: text, isFile: body instanceof Blob })
      return fetch(input, { ...init, credentials: 'same-origin' })
    },
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  }
  const send = createSend(parts)
  return {
    ...createCalls(send, parts),
    imports: {
      ...createImportStateCalls(parts),
      sendPiece: async (id, piece) => sendPiece(parts, id, piece),
    },
    send,
  }
}

/** The client makes no requests but those whose URL begins with its base, which is empty here. */
const pathOf = (input: string | URL | Request): string => (typeof input === 'string' ? input : '')

async function sendPiece(parts: SendParts, id: string, piece: ImportPiece): Promise<Import> {
  const call: Call = {
    method: 'PUT',
    path: pathTo('/v1/imports', id, 'file'),
    query: { offset: piece.offset, last: piece.isLast ? undefined : 'false' },
    headers: {
      'content-type': 'text/csv',
      ...(piece.encoding === undefined ? {} : { 'content-encoding': piece.encoding }),
    },
  }
  const request = { ...createRequest(parts, call), body: piece.content }
  let outcome
  try {
    const response = await parts.fetch(urlOf(parts, call), {
      ...request,
      ...(piece.signal === undefined ? {} : { signal: piece.signal }),
    })
    outcome = readAnswer(response, await response.text(), undefined)
  } catch (cause) {
    piece.signal?.throwIfAborted()
    throw networkError(cause)
  }
  if ('error' in outcome) throw outcome.error
  return objectOf<Import>(outcome)
}

export {
  FileRefused,
  HEAD_BYTES,
  countEmails,
  hashEmailColumn,
  readHead,
} from './customer-file/hash-emails.ts'
export type {
  Chunks,
  ColumnUse,
  EmailCounts,
  FileHead,
  HashEmailOptions,
  UnknownColumn,
} from './customer-file/hash-emails.ts'
export type { ColumnMeaning, Delimiter } from './customer-file/file-form.ts'
export { parseEmail } from './customer-file/parse-email.ts'
export { checkHash, HASH_MESSAGES } from './customer-file/check-hash.ts'
export { cursorOf } from './answer.ts'
export { createCalls } from './calls.ts'
export { createImportStateCalls } from './import-state-calls.ts'
export type { Page, PageQuery } from './answer.ts'
export type { Call, Envelope, Query, Send, SendParts } from './send.ts'
export type * from './account.ts'
export type * from './audit-log.ts'
export type * from './customer.ts'
export type * from './customer-calls.ts'
export type * from './customer-export.ts'
export type * from './endpoint.ts'
export type * from './event.ts'
export type * from './event-calls.ts'
export type * from './hash-check.ts'
export type * from './import-answer.ts'
export type * from './import-report.ts'
export type * from './import-state-calls.ts'
export type * from './key.ts'
export type * from './link.ts'
export type * from './link-host.ts'
export type * from './member.ts'
export type * from './merchant.ts'
export type * from './offer.ts'
export type * from './order.ts'
export type * from './organization.ts'
export type * from './rate.ts'
export type * from './rate-card.ts'
export type * from './replay.ts'
export type * from './report.ts'
export type * from './simulation.ts'
export type * from './transaction.ts'
export type * from './verdict.ts'
export type * from './verdict-terms.ts'
export { NewcomerError } from './newcomer-error.ts'
