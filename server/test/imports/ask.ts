import { Readable } from 'node:stream'
import type { Member } from '../support/network.ts'

/** An answer with all that a caller sees of it. */
export interface FullAnswer {
  status: number
  headers: Headers
  text: string
  // What it holds is what the test is about to find out.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any
}

export interface AskOptions {
  headers?: Record<string, string>
  /** Bytes are sent with their length, and with no type but that of `headers`; a stream in chunks. */
  body?: Uint8Array | AsyncIterable<Uint8Array>
  signal?: AbortSignal
}

export type Ask = (method: string, path: string, options?: AskOptions) => Promise<FullAnswer>

/** Calls with one key. Nothing is added to what is said here: neither a type nor a body. */
export function createAsk(url: string, { key }: Pick<Member, 'key'>): Ask {
  const authorization = `Basic ${btoa(`${key}:`)}`
  return async (method, path, { headers, body, signal } = {}) => {
    const init: RequestInit & { duplex?: 'half' } = {
      method,
      headers: { authorization, ...headers },
    }
    if (signal) init.signal = signal
    if (body instanceof Uint8Array) init.body = Buffer.from(body)
    else if (body) Object.assign(init, { body: Readable.from(body), duplex: 'half' })
    const response = await fetch(url + path, init)
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false
    const parsed: unknown = isJson && text !== '' ? JSON.parse(text) : undefined
    return { status: response.status, headers: response.headers, text, body: parsed }
  }
}

/** A body that is sent as far as it was pushed, and stays open until it is ended. */
export function openBody(): {
  body: AsyncIterable<Uint8Array>
  push(text: string): void
  end(): void
} {
  const stream = new Readable({ read: () => undefined })
  return {
    body: stream,
    push: (text) => void stream.push(Buffer.from(text)),
    end: () => void stream.push(null),
  }
}
