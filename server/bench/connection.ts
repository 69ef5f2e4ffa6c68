import { connect } from 'node:net'
import type { Socket } from 'node:net'

/**
 * One kept-alive connection that takes one request at a time. Written on the bare socket, since the
 * load generator shares two cores with what it measures: an HTTP client would take as much of them
 * as an echo route does.
 */
export interface Connection {
  /** Sends the bytes of a whole request; answers the body of the answer, which must be a 200. */
  ask(request: string): Promise<string>
  close(): void
}

const HEAD_END = '\r\n\r\n'
const LENGTH = /\r\ncontent-length: (\d+)/i

export async function openConnection(url: string): Promise<Connection> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve).once('error', reject)
  })
  return createConnection(socket)
}

function createConnection(socket: Socket): Connection {
  let pending: { resolve(body: string): void; reject(error: Error): void } | undefined
  let received = ''

  function fail(error: Error): void {
    pending?.reject(error)
    pending = undefined
  }

  // What the server answers is ASCII, so that characters are bytes.
  socket.setEncoding('latin1').on('data', (chunk: unknown) => {
    received = received === '' ? String(chunk) : received + String(chunk)
    const headEnd = received.indexOf(HEAD_END)
    if (headEnd < 0) return
    const head = received.slice(0, headEnd)
    const bodyStart = headEnd + HEAD_END.length
    const length = Number(LENGTH.exec(head)?.[1] ?? 0)
    if (received.length < bodyStart + length) return
    const body = received.slice(bodyStart)
    received = ''
    if (!head.startsWith('HTTP/1.1 200 ')) {
      fail(new Error(`${head.slice(0, head.indexOf('\r'))}: ${body}`))
      return
    }
    const answered = pending
    pending = undefined
    answered?.resolve(body)
  })
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('the server closed a connection under load')))
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        pending = { resolve, reject }
        socket.write(request, 'latin1')
      }),
    close: () => socket.destroy(),
  }
}

/** A function that writes requests with this key. */
export function createWriter(key: string): Writer {
  const authorization = `Authorization: Basic ${btoa(`${key}:`)}`
  const common = `Host: bench\r\n${authorization}\r\n`
  return {
    get: (path) => `GET ${path} HTTP/1.1\r\n${common}\r\n`,
    post(path, body) {
      const text = JSON.stringify(body)
      return (
        `POST ${path} HTTP/1.1\r\n${common}Content-Type: application/json\r\n` +
        `Content-Length: ${text.length}\r\n\r\n${text}`
      )
    },
  }
}

export interface Writer {
  get(path: string): string
  /** Bodies of the bench are ASCII. */
  post(path: string, body: unknown): string
}
