import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { verifyWebhook, WebhookVerificationError } from '../../client/src/index.ts'
import type { SegmentChangeEvent, TransactionEvent, WebhookEvent } from '../../client/src/index.ts'

/** What the demo's publishers asked for. */
export type DemoEvent = SegmentChangeEvent | TransactionEvent

/** What came in at one address. */
export interface Inbox {
  /** Segment changes, each once, with a valid signature. */
  moves: number
  /** What became of transactions, likewise. */
  transactions: number
  /** Attempts that were made again: deliveries come at least once. */
  repeated: number
  forged: number
  /** Events that were not the next of their customer or transaction. */
  outOfOrder: number
  /** Told of each event as it comes in. */
  onEvent?: (event: DemoEvent) => void
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
      const inbox: Inbox = { moves: 0, transactions: 0, repeated: 0, forged: 0, outOfOrder: 0 }
      const seen = new Set<string>()
      const box: Box = { inbox, secret: undefined, sequences: new Map(), changes: new Map(), seen }
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
  /** By transaction: its last change. */
  changes: Map<string, Change>
  seen: Set<string>
}

type Change = Pick<TransactionEvent['data'], 'status' | 'modified_date'>

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
    if (isAskedFor(event)) take(box, event)
    response.writeHead(204).end()
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error
    box.inbox.forged++
    response.writeHead(401).end()
  }
}

function isAskedFor(event: WebhookEvent): event is DemoEvent {
  return event.event_type === 'segment-change' || event.event_type.startsWith('tx-')
}

function take(box: Box, event: DemoEvent): void {
  const { inbox, seen } = box
  if (seen.has(event.id)) {
    inbox.repeated++
    return
  }
  seen.add(event.id)
  const isNext =
    event.event_type === 'segment-change' ? takeMove(box, event) : takeChange(box, event)
  if (!isNext) inbox.outOfOrder++
  inbox.onEvent?.(event)
}

function takeMove(
  { inbox, sequences }: Box,
  { customer_id, sequence }: SegmentChangeEvent,
): boolean {
  const last = sequences.get(customer_id) ?? 0
  sequences.set(customer_id, sequence)
  inbox.moves++
  return sequence === last + 1
}

/** Changes of transactions have no number, but a date; and nothing comes after what is final. */
function takeChange({ inbox, changes }: Box, { data }: TransactionEvent): boolean {
  const last = changes.get(data.id)
  changes.set(data.id, { status: data.status, modified_date: data.modified_date })
  inbox.transactions++
  if (!last) return data.status === 'pending'
  return last.status === 'pending' && data.modified_date >= last.modified_date
}
