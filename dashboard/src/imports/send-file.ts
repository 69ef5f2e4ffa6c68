import { NewcomerError } from '@newcomer/client/browser'
import type { Import, ImportPiece } from '@newcomer/client/browser'
import { PIECE_BYTES } from './piece-cutter.ts'
import type { PackedPiece } from './worker-protocol.ts'

export interface SendFileParts {
  get(): Promise<Import>
  sendPiece(piece: ImportPiece): Promise<Import>
  cut(from: number, size: number): Promise<PackedPiece>
  /** Waits for so long, or until somebody or the network says that it may work again. */
  sleep(ms: number): Promise<void>
  signal: AbortSignal
  onProgress(current: Import): void
  onLost(lost: { error: NewcomerError; waitMs: number }): void
}

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000
/** What takes longer is taken for a connection that is gone without a word. */
const PIECE_TIMEOUT_MS = 300_000

/**
 * Sends a file piece by piece, from wherever the server has it, for as long as it takes: a line that is lost is
 * tried again every half minute at the latest. Answers the import once the server has all of it, or wants no more of
 * it. Throws the signal's reason, NewcomerError for what is no matter of time, and what cutting throws.
 */
export async function sendFile(parts: SendFileParts, begun: Import): Promise<Import> {
  let current = begun
  let size = PIECE_BYTES
  let waitMs = FIRST_WAIT_MS
  while (current.state === 'receiving') {
    parts.signal.throwIfAborted()
    const piece = await parts.cut(current.received_bytes, size)
    try {
      const before = current.received_bytes
      current = await sendOne(parts, piece)
      waitMs = FIRST_WAIT_MS
      // It keeps whole batches only: of very long rows one is longer than a piece.
      size = current.received_bytes > before ? PIECE_BYTES : size * 2
      parts.onProgress(current)
    } catch (error) {
      current = await findOut(parts, error, () => {
        const now = waitMs
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
        return now
      })
      parts.onProgress(current)
    }
  }
  return current
}

function sendOne({ sendPiece, signal }: SendFileParts, piece: PackedPiece): Promise<Import> {
  const { offset, isLast, content } = piece
  return sendPiece({
    offset,
    isLast,
    content,
    encoding: 'gzip',
    signal: AbortSignal.any([signal, AbortSignal.timeout(PIECE_TIMEOUT_MS)]),
  })
}

/** Waits until the server says again how much it has. */
async function findOut(
  parts: SendFileParts,
  thrown: unknown,
  nextWaitMs: () => number,
): Promise<Import> {
  for (let error = thrown; ;) {
    parts.signal.throwIfAborted()
    if (!isElsewhere(error)) {
      const lost = asLost(error)
      if (!lost) throw error
      const waitMs = nextWaitMs()
      parts.onLost({ error: lost, waitMs })
      await parts.sleep(waitMs)
      parts.signal.throwIfAborted()
    }
    try {
      return await parts.get()
    } catch (next) {
      error = next
    }
  }
}

/** An answer that was lost: the server has more, or less, than was thought, and says how much. */
function isElsewhere(error: unknown): boolean {
  return (
    error instanceof NewcomerError &&
    error.status === 409 &&
    typeof error.details['received_bytes'] === 'number'
  )
}

const PASSING = [0, 408, 429, 502, 503, 504]

/** Undefined for what waiting does not mend. */
function asLost(error: unknown): NewcomerError | undefined {
  if (error instanceof NewcomerError) return PASSING.includes(error.status) ? error : undefined
  const isTimeout = error instanceof DOMException && error.name === 'TimeoutError'
  const message = 'The server did not answer for five minutes'
  return isTimeout ? new NewcomerError({ status: 0, type: 'Timeout', message }) : undefined
}
