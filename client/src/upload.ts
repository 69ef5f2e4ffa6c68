import { objectOf, unexpected } from './answer.ts'
import type { Import } from './import-answer.ts'
import { NewcomerError } from './newcomer-error.ts'
import { pathTo } from './path.ts'
import { isTransient, startBackoff } from './backoff.ts'
import type { Lost } from './backoff.ts'
import type { Failure, SendParts } from './send.ts'
import { sendBody } from './transfer.ts'
import { UploadWindow } from './upload-window.ts'
import type { ImportFile } from './upload-window.ts'

export interface UploadOptions {
  /** Gzip on the way; unless given, it is done when the server is not on this machine. */
  compress?: boolean | undefined
  /** Gives up: the call then throws the signal's reason. */
  signal?: AbortSignal | undefined
  /** Told often. `sent`: the byte of the file up to which it has been given to the network. */
  onProgress?: ((progress: { sent: number }) => void) | undefined
  /** Told when the connection is lost and will be tried again after so long. */
  onLost?: ((lost: Lost) => void) | undefined
}

/** So often in a row it may fail without a byte more at the server. */
const MAX_FRUITLESS = 10

export interface UploadParts {
  parts: SendParts
  get: (id: string) => Promise<Import>
}

/**
 * Sends the file from where the server has it, piece by piece, and goes on after a lost connection.
 * Answers the import once it is whole, or is not to be received any more.
 */
export async function uploadFile(
  { parts, get }: UploadParts,
  begun: Import,
  file: ImportFile,
  options: UploadOptions,
): Promise<Import> {
  const window = new UploadWindow(file)
  let current = begun
  let fruitless = 0
  let isStuck = false
  while (current.state === 'receiving') {
    options.signal?.throwIfAborted()
    const offset = current.received_bytes
    await window.seek(offset)
    const isLast = isStuck || (await window.fill())
    const content = isStuck ? window.rest() : window.piece(isLast)
    const outcome = await put(parts, { id: begun.id, offset, isLast, content, options })
    if ('meta' in outcome) current = objectOf<Import>(outcome)
    else current = await mend({ parts, get, id: begun.id, options, failure: outcome, window })
    const hasAdvanced = current.received_bytes > offset
    const isTaken = 'meta' in outcome
    // Rows as long as all of a piece: the server has to see where they end.
    isStuck = isTaken && !hasAdvanced && window.isFull
    // Of a slow stream there may not be a row more yet.
    fruitless = hasAdvanced || (isTaken && !isLast) ? 0 : fruitless + 1
    if (fruitless < MAX_FRUITLESS) continue
    throw 'error' in outcome ? outcome.error : unexpected('The server takes the file, and has not')
  }
  return current
}

interface Put {
  id: string
  offset: number
  isLast: boolean
  content: AsyncIterable<Uint8Array>
  options: UploadOptions
}

async function put(parts: SendParts, { id, offset, isLast, content, options }: Put) {
  async function* counted() {
    let sent = offset
    for await (const chunk of content) {
      yield chunk
      sent += chunk.length
      options.onProgress?.({ sent })
    }
  }
  return sendBody(parts, {
    method: 'PUT',
    path: pathTo('/v1/imports', id, 'file'),
    query: { offset, last: isLast ? undefined : 'false' },
    content: counted(),
    isCompressed: options.compress ?? !isLoopback(parts.baseUrl),
    signal: options.signal,
  })
}

function isLoopback(baseUrl: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(baseUrl).hostname)
}

interface Mending extends UploadParts {
  id: string
  options: UploadOptions
  failure: Failure
  window: UploadWindow
}

/** What the server has after a failure. Throws where trying again would not help. */
async function mend({ parts, get, id, options, failure, window }: Mending): Promise<Import> {
  const { error, retryAfterMs } = failure
  if (error.status === 409) {
    const current = await get(id)
    const isMisplaced = typeof error.details['received_bytes'] === 'number'
    if (isMisplaced || current.state !== 'receiving') return current
    throw error
  }
  if (!isTransient(error)) throw error
  const backoff = startBackoff(parts.sleep, options.onLost)
  await backoff.wait(error, retryAfterMs)
  for (;;) {
    options.signal?.throwIfAborted()
    try {
      return await settle({ parts, get, id, window })
    } catch (thrown) {
      if (!(thrown instanceof NewcomerError) || !isTransient(thrown)) throw thrown
      await backoff.wait(thrown)
    }
  }
}

/** What was under way when the connection broke may still be coming in; that takes moments. */
const MAX_LOOKS = 10
const LOOK_MS = 500

/** Another call with the same file takes over; two that took over from each other would never come to an end. */
async function settle({
  parts,
  get,
  id,
  window,
}: Omit<Mending, 'options' | 'failure'>): Promise<Import> {
  let before = await get(id)
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    if (before.state !== 'receiving' || before.received_bytes > window.end) break
    await parts.sleep(LOOK_MS)
    const current = await get(id)
    if (current.received_bytes === before.received_bytes) return current
    before = current
  }
  if (before.state !== 'receiving') return before
  const message = 'The file is being sent by somebody else too, who goes on with it'
  throw new NewcomerError({ status: 409, type: 'TakenOver', message })
}
