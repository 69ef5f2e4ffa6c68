import { Readable, pipeline } from 'node:stream'
import { createGzip } from 'node:zlib'
import { standstill, startWatchdog } from './receive-body.ts'
import type { Watchdog } from './receive-body.ts'
import { createRequest, networkError, readAnswer, urlOf } from './send.ts'
import type { Call, Envelope, Failure, SendParts } from './send.ts'

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
