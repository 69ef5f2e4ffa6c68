import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import type { Dice } from './dice.ts'

/** An event as it was heard. */
export interface Heard {
  id: string
  customer: string
  sequence: number
}

/** A request as the receiver got it, and what became of it. Places are in the order of all that happened here. */
export interface Visit {
  /** `attempt-…` */
  id: string
  events: Heard[]
  arrivedPlace: number
  /** When the receiver began to answer; null where it never did. */
  answeredPlace: number | null
  status: number | null
  /** When all of the answer was out while the connection stood; null where it was not. */
  wholeAt: number | null
}

/** A publisher's webhook server on a bad day: it does what receivers do, and remembers all of it. */
export interface ChaosReceiver {
  url: string
  expectSecret(secret: string): void
  visits: Visit[]
  /** Requests that were signed wrongly, and events that came again with other content. */
  faults: string[]
  /** From now on it answers 204, and at once. */
  calm(): Promise<void>
  close(): Promise<void>
}

/** It refuses these events for ever, alone and in company. */
export function isPoison(eventId: string): boolean {
  return Number.parseInt(eventId.slice(-2), 16) < 10
}

const FAILURES = [500, 502, 503, 429, 404, 302]
// Long enough to hold up a receiver's other requests, short enough for a test.
const MOST_HANG_MS = 1_500
const DRIP_MS = 20

export async function startChaosReceiver(dice: Dice): Promise<ChaosReceiver> {
  const sockets = new Set<Socket>()
  const journal = createJournal()
  const answer = createAnswers(dice)
  const server = createServer((request, response) => {
    receive(request, response).catch(() => response.destroy())
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = server.address() as AddressInfo
  let isCalm = false

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request
    const visit = journal.note(request, await buffer(request))
    response.on('finish', () => {
      if (!socket.destroyed) visit.wholeAt = performance.now()
    })
    const begin = (status: number, headers: Record<string, string> = {}) => {
      journal.answered(visit, status)
      return response.writeHead(status, headers)
    }
    if (isCalm) begin(204).end()
    else await answer(visit, begin, response)
  }

  /** Now and then nobody listens, and all connections are broken. */
  async function comeAndGo(): Promise<void> {
    while (!isCalm) {
      await pause(dice.whole(1_500))
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
      await pause(dice.whole(400))
      await listen(port)
    }
  }
  const coming = comeAndGo()

  return {
    url: `http://127.0.0.1:${port}/hook`,
    expectSecret: journal.expectSecret,
    visits: journal.visits,
    faults: journal.faults,
    async calm() {
      isCalm = true
      await coming
      // What hangs or drips would do so until the worker's patience ends.
      for (const socket of sockets) socket.destroy()
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function createJournal() {
  const contents = new Map<string, string>()
  const visits: Visit[] = []
  const faults: string[] = []
  let secret = ''
  let place = 0

  function hear(body: Record<string, unknown>): Heard {
    const { request_id: _, ...content } = body
    const id = body['id'] as string
    const text = JSON.stringify(content)
    const before = contents.get(id)
    if (before !== undefined && before !== text) faults.push(`${text} was ${before}`)
    contents.set(id, text)
    return { id, customer: body['customer_id'] as string, sequence: body['sequence'] as number }
  }

  return {
    visits,
    faults,
    expectSecret(next: string) {
      secret = next
    },
    note({ headers }: IncomingMessage, raw: Buffer): Visit {
      const signature = createHmac('sha256', secret).update(raw).digest('hex')
      if (headers['x-button-signature'] !== signature) faults.push(`forged: ${raw.toString()}`)
      const body = JSON.parse(raw.toString()) as Record<string, unknown>
      const bodies = (body['events'] as Record<string, unknown>[] | undefined) ?? [body]
      const visit: Visit = {
        id: body['request_id'] as string,
        events: bodies.map(hear),
        arrivedPlace: place++,
        answeredPlace: null,
        status: null,
        wholeAt: null,
      }
      visits.push(visit)
      return visit
    },
    answered(visit: Visit, status: number) {
      visit.answeredPlace = place++
      visit.status = status
    },
  }
}

type Begin = (status: number, headers?: Record<string, string>) => ServerResponse

/** What a receiver does on a bad day, by the dice. */
function createAnswers(dice: Dice) {
  // A request that ends by the worker's deadline only takes ten seconds.
  let endless: ('hang' | 'drip')[] = ['hang', 'drip']

  async function drip(response: ServerResponse, count: number): Promise<void> {
    for (let sent = 0; sent < count && !response.destroyed; sent++) {
      response.write('.')
      await pause(DRIP_MS)
    }
    response.end()
  }

  function fail(begin: Begin): void {
    const status = FAILURES[dice.whole(FAILURES.length)] ?? 500
    const seconds = dice.whole(4)
    const date = new Date(Date.now() + seconds * 1000).toUTCString()
    const asked = dice.chance(0.5) ? String(seconds) : date
    begin(status, { location: '/elsewhere', 'retry-after': asked }).end('{"error":"busy"}')
  }

  return async ({ events }: Visit, begin: Begin, response: ServerResponse): Promise<void> => {
    await pause(dice.whole(20))
    const roll = dice.next()
    if (roll < 0.02 && endless.length > 0) {
      const [kind] = endless
      endless = endless.slice(1)
      if (kind === 'drip') await drip(begin(200), Infinity)
    } else if (roll < 0.04) {
      await pause(dice.whole(MOST_HANG_MS))
      response.destroy()
    } else if (roll < 0.1) response.destroy()
    else if (roll < 0.25) fail(begin)
    else if (events.some(({ id }) => isPoison(id))) begin(400).end()
    else if (roll < 0.32) {
      begin(200, { 'content-length': '100' }).write('only', () => response.destroy())
    } else if (roll < 0.38) await drip(begin(200), dice.whole(10))
    else if (roll < 0.45) begin(200, { connection: 'close' }).end('{}')
    else if (roll < 0.5) begin(201).end('{}', () => response.socket?.destroy())
    else begin(dice.chance(0.5) ? 200 : 204).end()
  }
}
