import { Readable, pipeline } from 'node:stream'
import { createGzip } from 'node:zlib'
import { NewcomerError } from './newcomer-error.ts'
import { createRequest, networkError, readAnswer, urlOf } from './send.ts'
import type { Call, Envelope, Failure, SendParts } from './send.ts'

/**
 * Longer than this nothing may stand still. What the system keeps on its way to the network, a few
 * megabytes, has to pass in that time on a slow line too.
 */
export const IDLE_MS = 120_000

/** Hex digits get hardly smaller on the higher levels, which cost several times as much. */
const GZIP_LEVEL = 1

export interface BodyCall extends Call {
  content: AsyncIterable<Uint8Array>
  isCompressed: boolean
  signal?: AbortSignal | undefined
}

/**
 * Sends a body while it is being made, once. There is no limit to the whole of it; it fails when the
 * server takes nothing for `idleMs`, or then does not answer. Throws what `content` throws.
 */
export async function sendBody(parts: SendParts, call: BodyCall): Promise<Envelope | Failure> {
  let sourceError: { thrown: unknown } | undefined
  async function* content() {
    try {
      yield* call.content
    } catch (thrown) {
      sourceError = { thrown }
      throw thrown
    }
  }
  const watchdog = startWatchdog(call.signal)
  const headers = { ...call.headers, 'content-type': 'text/csv' }
  const request = call.isCompressed
    ? createRequest(parts, { ...call, headers: { ...headers, 'content-encoding': 'gzip' } })
    : createRequest(parts, { ...call, headers })
  const body = streamOf(call.isCompressed ? compress(content()) : content(), watchdog)
  try {
    const init = { ...request, body, duplex: 'half' as const, signal: watchdog.signal }
    const response = await parts.fetch(urlOf(parts, call), init)
    return readAnswer(response, await response.text(), parts.apiKey)
  } catch (cause) {
    call.signal?.throwIfAborted()
    if (sourceError) throw sourceError.thrown
    return { error: watchdog.signal.aborted ? standstill() : networkError(cause), again: true }
  } finally {
    // Where the answer came before the end of the body, the rest is not sent.
    watchdog.stop()
  }
}

/**
 * The body of an answer while it comes. It fails when nothing comes for `idleMs`.
 * Throws NewcomerError; what to do about a lost connection is the caller's.
 */
export async function* receiveBody(
  parts: SendParts,
  call: Call & { mediaType: string; signal?: AbortSignal | undefined },
): AsyncGenerator<Uint8Array, void, undefined> {
  const watchdog = startWatchdog(call.signal)
  const headers = { ...call.headers, accept: `${call.mediaType}, application/json;q=0.1` }
  const request = createRequest(parts, { ...call, headers })
  try {
    const response = await parts.fetch(urlOf(parts, call), { ...request, signal: watchdog.signal })
    const { ok, body } = response
    if (!ok || !body || !response.headers.get('content-type')?.startsWith(call.mediaType)) {
      throw errorOf(readAnswer(response, await response.text(), parts.apiKey))
    }
    for (const reader = body.getReader(); ;) {
      watchdog.awake()
      const next = await reader.read()
      if (next.done) return
      watchdog.sleep()
      yield next.value
    }
  } catch (cause) {
    call.signal?.throwIfAborted()
    if (cause instanceof NewcomerError) throw cause
    throw watchdog.signal.aborted ? standstill() : networkError(cause)
  } finally {
    watchdog.stop()
  }
}

/** The same as text in UTF-8. */
export async function* receiveText(
  parts: SendParts,
  call: Call & { mediaType: string },
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  for await (const chunk of receiveBody(parts, call)) yield decoder.decode(chunk, { stream: true })
  const rest = decoder.decode()
  if (rest !== '') yield rest
}

function errorOf(answer: Envelope | Failure): NewcomerError {
  if ('error' in answer) return answer.error
  const message = 'The server answered something else than was asked for'
  return new NewcomerError({ status: 200, type: 'UnexpectedAnswer', message })
}

function standstill(): NewcomerError {
  const message = `Nothing moved for ${IDLE_MS} ms`
  return new NewcomerError({ status: 0, type: 'Timeout', message })
}

interface Watchdog {
  signal: AbortSignal
  /** From now on the other side has `idleMs` to do something. */
  awake(): void
  /** Now it is on us. */
  sleep(): void
  stop(): void
}

function startWatchdog(outer: AbortSignal | undefined): Watchdog {
  const controller = new AbortController()
  const abort = () => controller.abort()
  let timer = setTimeout(abort, IDLE_MS)
  if (outer?.aborted) abort()
  outer?.addEventListener('abort', abort)
  return {
    signal: controller.signal,
    awake() {
      clearTimeout(timer)
      timer = setTimeout(abort, IDLE_MS)
    },
    sleep: () => clearTimeout(timer),
    stop() {
      clearTimeout(timer)
      outer?.removeEventListener('abort', abort)
      abort()
    },
  }
}

/** What comes is asked for only when the network has taken what came before. */
function streamOf(content: AsyncIterable<Uint8Array>, watchdog: Watchdog): ReadableStream {
  const iterator = content[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        watchdog.sleep()
        const next = await iterator.next()
        if (next.done === true) controller.close()
        else controller.enqueue(next.value)
        watchdog.awake()
      },
      // Not waited for: what it waits for may be a person at a keyboard.
      cancel: () => void iterator.return?.(),
    },
    { highWaterMark: 0 },
  )
}

function compress(content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  // What goes wrong comes out of the end of the pipe as well, so nothing remains to be done here.
  const end = () => {}
  return pipeline(
    Readable.from(content, { objectMode: false }),
    createGzip({ level: GZIP_LEVEL }),
    end,
  )
}
