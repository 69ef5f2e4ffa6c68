import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A request as the receiver got it. */
export interface Received {
  path: string
  headers: IncomingHttpHeaders
  raw: Buffer
  body: Record<string, unknown>
}

/**
 * A status; a status with headers; or what goes wrong: no answer at all, a body that never ends, a
 * connection closed before the answer or in the midst of it.
 */
export type Answer =
  | number
  | { status: number; headers: Record<string, string> }
  | 'hang'
  | 'drip'
  | 'close'
  | 'close-mid-body'

export interface Receiver {
  url: string
  /** In the order of their arrival. */
  received: Received[]
  /** Answers these in turn from now on, and the last of them for ever. */
  answer(...answers: Answer[]): void
  /** Decides each answer by the request, which may wait. */
  answerBy(decide: (request: Received) => Answer | Promise<Answer>): void
  /** Resolves once so many requests have arrived. */
  arrived(count: number): Promise<void>
  close(): Promise<void>
}

/** An HTTP server on 127.0.0.1 that answers in turn and remembers what it was sent. */
export async function startReceiver(...answers: Answer[]): Promise<Receiver> {
  const received: Received[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  const drips = new Set<NodeJS.Timeout>()
  let decide: (request: Received) => Answer | Promise<Answer> = inTurn(answers)

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await buffer(request)
    const body = JSON.parse(raw.toString('utf8')) as Record<string, unknown>
    const one = { path: request.url ?? '', headers: request.headers, raw, body }
    received.push(one)
    for (const { count, resolve } of waiting) if (received.length >= count) resolve()
    send(response, await decide(one), drips)
  }

  const server = createServer((request, response) => {
    receive(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hook?from=test`,
    received,
    answer(...next) {
      decide = inTurn(next)
    },
    answerBy(next) {
      decide = next
    },
    arrived: (count) =>
      new Promise((resolve) => {
        if (received.length >= count) resolve()
        else waiting.push({ count, resolve })
      }),
    async close() {
      for (const drip of drips) clearInterval(drip)
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function inTurn(answers: Answer[]): () => Answer {
  let next = 0
  return () => answers[Math.min(next++, answers.length - 1)] ?? 204
}

function send(response: ServerResponse, answer: Answer, drips: Set<NodeJS.Timeout>): void {
  if (answer === 'hang') return
  if (answer === 'close') {
    response.destroy()
  } else if (answer === 'close-mid-body') {
    response.writeHead(200, { 'content-length': '100' })
    response.write('only', () => response.destroy())
  } else if (answer === 'drip') {
    response.writeHead(200)
    drips.add(setInterval(() => response.write('.'), 10))
  } else if (typeof answer === 'number') {
    response.writeHead(answer).end()
  } else {
    response.writeHead(answer.status, answer.headers).end('{}')
  }
}
