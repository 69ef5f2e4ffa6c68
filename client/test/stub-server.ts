import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A request as the stub server received it. */
export interface Received {
  method: string
  url: string
  headers: IncomingHttpHeaders
  text: string
  /** The parsed body, undefined without one in JSON. */
  body: unknown
}

export type Answer = (response: ServerResponse) => void

export interface StubServer {
  url: string
  received: Received[]
}

/** A real server that gives these answers in turn, then fails, and remembers what it was sent. */
export async function startServer(...answers: Answer[]): Promise<StubServer> {
  const received: Received[] = []
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers } = request
    const chunks = (await request.toArray()) as Uint8Array[]
    const text = Buffer.concat(chunks).toString()
    const isJson = headers['content-type'] === 'application/json' && text !== ''
    const body: unknown = isJson ? JSON.parse(text) : undefined
    received.push({ method, url, headers, text, body })
    const unexpected = failure(500, 'NoAnswerLeft', 'The test expected no more calls')
    const answer = answers.shift() ?? unexpected
    answer(response)
  }
  const server = createServer((request, response) => void receive(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}

export function json(
  status: number,
  envelope: unknown,
  headers: Record<string, string> = {},
): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(envelope))
  }
}

export function one(object: unknown): Answer {
  return json(200, { meta: { status: 'ok' }, object })
}

export function many(objects: unknown[], next: string | null = null): Answer {
  return json(200, { meta: { status: 'ok', next, previous: null, prev: null }, objects })
}

export function failure(
  status: number,
  type: string,
  message: string,
  { details = {}, headers = {} }: { details?: object; headers?: Record<string, string> } = {},
): Answer {
  return json(status, { meta: { status: 'error' }, error: { message, type, details } }, headers)
}

/** The connection breaks after the request has arrived: it may have been carried out or not. */
export const hangUp: Answer = (response) => response.destroy()

/** Nothing comes, until the client gives up. */
export const silence: Answer = () => {}
