import { once } from 'node:events'
import type { ServerResponse } from 'node:http'

/** One event of a stream, named, with what it carries. */
export interface StreamedEvent {
  event: string
  data: unknown
}

// Only what is used is asked for, whatever the schemas of the route are.
interface AnyReply {
  raw: ServerResponse
  getHeaders(): object
  hijack(): unknown
}

/**
 * Answers with server-sent events until there are none any more, or until the caller is gone. An
 * undefined event is a heartbeat: it keeps those in between from taking the connection for dead.
 */
export async function sendEvents(
  reply: AnyReply,
  events: AsyncIterable<StreamedEvent | undefined>,
): Promise<void> {
  const { raw } = reply
  reply.hijack()
  raw.writeHead(200, {
    ...reply.getHeaders(),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // Proxies that gather answers would hold events back.
    'x-accel-buffering': 'no',
    connection: 'close',
  })
  const gone = new AbortController()
  raw.once('close', () => gone.abort())
  try {
    for await (const each of events) {
      if (raw.destroyed) break
      const isTaken = raw.write(
        each ? `event: ${each.event}\ndata: ${JSON.stringify(each.data)}\n\n` : ': still there\n\n',
      )
      // Backpressure: a slow reader gets events less often, and none pile up here.
      if (!isTaken) await once(raw, 'drain', { signal: gone.signal }).catch(() => undefined)
    }
  } finally {
    raw.end()
  }
}
