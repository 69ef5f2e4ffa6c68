import type { Socket } from 'node:net'
import type pg from 'pg'

/*
 * A wire may go silent without breaking (a firewall that forgot it, a machine that hangs): TCP finds out
 * a quarter of an hour later. Until then a query on it waits in vain, and a listener is deaf.
 */

/** A read that takes milliseconds and is not answered for so long never will be. */
export const SILENT_MS = 2_000

// A turn of the event loop or two.
const READ_MS = 10

/** From now on the connection ends when nothing went over it for two seconds. */
export function endWhenSilent(client: pg.ClientBase, ended: () => void): void {
  const stream = streamOf(client)
  stream.setTimeout(SILENT_MS, () => {
    const heard = stream.bytesRead
    // After this process itself was held up, what has come meanwhile is still to be read.
    setTimeout(() => {
      if (stream.bytesRead !== heard) return
      // Without a query under way no caller was waiting for an answer.
      if (isWaiting(client)) ended()
      stream.destroy()
    }, READ_MS).unref()
  })
}

/** Ends the connection if it waits for an answer and hears nothing for another two seconds. */
export function endIfSilent(client: pg.ClientBase): void {
  if (!isWaiting(client)) return
  const stream = streamOf(client)
  const heard = stream.bytesRead
  const timer = setTimeout(() => {
    if (stream.bytesRead === heard && isWaiting(client)) stream.destroy()
  }, SILENT_MS)
  timer.unref()
}

/** pg shows the stream and the query under way, but its types don't. */
interface Inside {
  connection: { stream: Socket }
  _activeQuery?: unknown
}

function streamOf(client: pg.ClientBase): Socket {
  return (client as unknown as Inside).connection.stream
}

function isWaiting(client: pg.ClientBase): boolean {
  return ((client as unknown as Inside)._activeQuery ?? null) !== null
}
