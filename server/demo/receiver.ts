import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { verifyWebhook, WebhookVerificationError } from '../../client/src/index.ts'
import type { SegmentChangeEvent } from '../../client/src/index.ts'

/** What came in at one address. */
export interface Inbox {
  /** Events, each once, with a valid signature. */
  received: number
  /** Attempts that were made again: deliveries come at least once. */
  repeated: number
  forged: number
  /** Events that were not the next of their customer. */
  outOfOrder: number
  /** Told of each event as it comes in. */
  onEvent?: (event: SegmentChangeEvent) => void
}

export interface Receiver {
  /** A new address, and the inbox behind it. Its secret is told later: it is made at registration. */
  open(path: string): { url: string; inbox: Inbox; trust(secret: string): void }
  close(): Promise<void>
}

/** What each publisher would run: verify, look at the order, acknowledge. */
export async function startReceiver(): Promise<Receiver> {
  const boxes = new Map<string, Box>()
  const server = createServer((request, response) => {
    receive(boxes.get(request.url ?? ''), request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    open(path) {
      const inbox: Inbox = { received: 0, repeated: 0, forged: 0, outOfOrder: 0 }
      const box: Box = { inbox, secret: undefined, sequences: new Map(), seen: new Set() }
      boxes.set(path, box)
      const trust = (secret: string): void => void (box.secret = secret)
      return { url: `http://127.0.0.1:${port}${path}`, inbox, trust }
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

interface Box {
  inbox: Inbox
  secret: string | undefined
  /** By customer: the last sequence number. */
  sequences: Map<string, number>
  seen: Set<string>
}

async function receive(
  box: Box | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = Buffer.concat((await request.toArray()) as Uint8Array[])
  if (box?.secret === undefined) {
    response.writeHead(404).end()
    return
  }
  try {
    const event = verifyWebhook({ body, headers: request.headers, secret: box.secret })
    if (event.event_type === 'segment-change') take(box, event)
    response.writeHead(204).end()
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error
    box.inbox.forged++
    response.writeHead(401).end()
  }
}

function take({ inbox, sequences, seen }: Box, event: SegmentChangeEvent): void {
  if (seen.has(event.id)) {
    inbox.repeated++
    return
  }
  seen.add(event.id)
  const last = sequences.get(event.customer_id) ?? 0
  if (event.sequence !== last + 1) inbox.outOfOrder++
  sequences.set(event.customer_id, event.sequence)
  inbox.received++
  inbox.onEvent?.(event)
}
