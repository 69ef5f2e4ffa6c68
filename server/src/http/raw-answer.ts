import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { newId } from '../kernel/id.ts'
import { failed } from './envelope.ts'

// A client that goes on sending after it was refused is cut off, but is given time to read why.
const LINGER_MS = 1_000

interface Refusal {
  status: number
  type: string
  message: string
}

interface Exchange {
  request: IncomingMessage
  response: ServerResponse
}
/** What each connection was last asked, and what was answered. */
const exchanges = new WeakMap<Socket, Exchange>()

/** Answers what is no HTTP request that Fastify would ever see. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET') socket.destroy()
  else if (isAnswered(exchanges.get(socket))) closeSlowly(socket)
  else refuse(socket, refusalOf(error.code))
}

/** Who was answered already is not answered twice, whatever the rest of the request turns out to be. */
function isAnswered(exchange: Exchange | undefined): boolean {
  return exchange !== undefined && exchange.response.headersSent && !exchange.request.complete
}

function refusalOf(code: string | undefined): Refusal {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        status: 408,
        type: 'RequestTimeout',
        message: 'The request took too long to arrive.',
      }
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        type: 'HeaderTooLarge',
        message: 'The URL or the headers are too long.',
      }
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, type: 'BodyTooLarge', message: 'The chunk extensions are too long.' }
    default:
      return { status: 400, type: 'BadRequest', message: 'This is not a valid HTTP request.' }
  }
}

function refuse(socket: Socket, { status, type, message }: Refusal): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const body = JSON.stringify(failed(type, message))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${newId('req')}`,
    'Connection: close',
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  closeSlowly(socket)
}

function closeSlowly(socket: Socket): void {
  socket.end()
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}

/** Two kinds of request that Node would answer by itself, with an empty body or by hanging up. */
export function answerOddRequests(server: Server): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    exchanges.set(request.socket, { request, response })
  })
  server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    socket.on('error', () => socket.destroy())
    refuse(socket, { status: 400, type: 'BadRequest', message: 'This is not a proxy.' })
  })
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const body = JSON.stringify(failed('ExpectationFailed', 'The Expect header is not understood.'))
    response.writeHead(417, {
      'Content-Type': 'application/json; charset=utf-8',
      'X-Request-Id': newId('req'),
      Connection: 'close',
    })
    response.end(body)
  })
}
