import { NewcomerError } from './newcomer-error.ts'
import { createRequest, networkError, readAnswer, urlOf } from './send.ts'
import type { Call, Envelope, Failure, SendParts } from './send.ts'

/**
 * Longer than this nothing may stand still. What the system keeps on its way to the network, a few
 * megabytes, has to pass in that time on a slow line too.
 */
export const IDLE_MS = 120_000

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

export function standstill(): NewcomerError {
  const message = `Nothing moved for ${IDLE_MS} ms`
  return new NewcomerError({ status: 0, type: 'Timeout', message })
}

export interface Watchdog {
  signal: AbortSignal
  /** From now on the other side has `idleMs` to do something. */
  awake(): void
  /** Now it is on us. */
  sleep(): void
  stop(): void
}

export function startWatchdog(outer: AbortSignal | undefined): Watchdog {
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
