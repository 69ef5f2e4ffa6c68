import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import * as tls from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { ATTEMPT_TIMEOUT_MS, createSender } from '../../../src/webhooks/transport/send.ts'
import type { Sender } from '../../../src/webhooks/transport/send.ts'
import { createAuthority } from '../../support/certificate.ts'
import type { Identity } from '../../support/certificate.ts'
import { startListener } from '../../support/listener.ts'
import type { Listener } from '../../support/listener.ts'
import { developmentRule } from '../../support/target-rules.ts'

const TIMEOUT_MS = 1_000
const MB = 2 ** 20

let sender: Sender
let patient: Sender
beforeAll(() => {
  sender = createSender({ targetRule: developmentRule, timeoutMs: TIMEOUT_MS })
  patient = createSender({ targetRule: developmentRule })
})
afterAll(async () => {
  await sender.close()
  await patient.close()
})

function sendTo(origin: string, by = sender) {
  return by.send({ origin, path: '/', headers: {}, body: Buffer.from('{"a":"canary"}') })
}

/** Writes to each connection whatever it wants, as fast as it is taken. */
async function startWriter(write: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => write(socket))
  })
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `http://127.0.0.1:${await listen(server)}`
}

/** Writes the same again and again until nobody reads any more. */
function pour(socket: Socket, chunk: Buffer, onBytes = (_bytes: number) => {}): void {
  const more = () => {
    while (!socket.destroyed) {
      onBytes(chunk.length)
      if (!socket.write(chunk)) return
    }
  }
  socket.on('drain', more)
  more()
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

describe('TLS', () => {
  const trusted = createAuthority()
  const others = createAuthority()
  const before = tls.getCACertificates('default')
  beforeAll(() => tls.setDefaultCACertificates([...before, trusted.cert]))
  afterAll(() => tls.setDefaultCACertificates(before))

  /** What the receiver reads of requests. */
  async function startTls(identity: Identity): Promise<{ port: number; received: string[] }> {
    const received: string[] = []
    const server = createTlsServer(identity, (socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (chunk) => {
        received.push(chunk.toString())
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi')
      })
    })
    onTestFinished(() => void server.close())
    return { port: await listen(server), received }
  }

  test('a certificate of somebody trusted for this name is good, and for this address', async () => {
    const { port, received } = await startTls(trusted.issue(['localhost', '127.0.0.1']))
    for (const host of ['localhost', '127.0.0.1']) {
      expect(await sendTo(`https://${host}:${port}`)).toMatchObject({
        status: 200,
        answer: Buffer.from('hi'),
      })
    }
    expect(received.join('')).toContain('canary')
  })

  test.each([
    ['of nobody known', others.issue(['localhost'])],
    ['signed by itself', others],
    ['for another name', trusted.issue(['receiver.example'])],
    ['for a name that begins alike', trusted.issue(['localhost.receiver.example'])],
    ['that has expired', trusted.issue(['localhost'], { expired: true })],
  ])('a certificate %s: nothing is sent', async (_what, identity) => {
    const { port, received } = await startTls(identity)
    // Node.js says once how insecure the variable is.
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue()
    onTestFinished(() => {
      warn.mockRestore()
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    })
    // A variable that turns all checks off elsewhere turns off none here.
    for (const variable of ['1', '0']) {
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = variable
      const result = await sendTo(`https://localhost:${port}`)
      expect(result).toMatchObject({ status: null, error: 'tls' })
    }
    expect(received).toEqual([])
  })

  test('a handshake that never ends does so at the deadline; one that breaks off is a reset', async () => {
    const hangs = await startWriter(() => undefined)
    const result = await sendTo(hangs.replace('http', 'https'))
    expect(result).toMatchObject({ status: null, error: 'timeout' })
    expect(result.durationMs).toBeLessThan(TIMEOUT_MS * 3)
    const breaks = await startWriter((socket) => socket.resetAndDestroy())
    expect(await sendTo(breaks.replace('http', 'https'))).toMatchObject({ error: 'reset' })
  })
})

describe('a redirect', () => {
  let listener: Listener
  beforeAll(async () => {
    listener = await startListener()
  })
  afterAll(() => listener.close())

  test.each([300, 301, 302, 303, 305, 307, 308])('by %i is not followed', async (status) => {
    for (const header of ['location', 'refresh', 'alt-svc', 'content-location']) {
      const to = header === 'alt-svc' ? `h2="127.0.0.1:${listener.port}"` : undefined
      const url = `http://127.0.0.1:${listener.port}/`
      const value = to ?? (header === 'refresh' ? `0;url=${url}` : url)
      const server = createHttpServer((_request, response) => {
        response.writeHead(status, { [header]: value }).end('gone')
      })
      const port = await listen(server)
      const result = await sendTo(`http://127.0.0.1:${port}`)
      expect(result).toMatchObject({ status, answer: Buffer.from('gone') })
      server.closeAllConnections()
      server.close()
    }
    expect(listener.connections()).toBe(0)
  })
})

describe('an answer without end', () => {
  let most = 0
  let sampling: NodeJS.Timeout
  let before: number
  beforeAll(() => {
    sampling = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20)
  })
  afterAll(() => clearInterval(sampling))
  afterEach(() => {
    most = Math.max(most, process.memoryUsage().rss)
    expect(most - before, 'memory').toBeLessThan(150 * MB)
  })

  function begin() {
    before = process.memoryUsage().rss
    most = before
  }

  test('its body is cut after 8 KiB, and its beginning given back', async () => {
    let bytes = 0
    const origin = await startWriter((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${8 * 2 ** 30}\r\n\r\n`)
      pour(socket, Buffer.alloc(65_536, 'abcdefgh'), (written) => (bytes += written))
    })
    begin()
    const results = await Promise.all(Array.from({ length: 32 }, () => sendTo(origin, patient)))
    for (const { status, answer, durationMs } of results) {
      expect(status).toBe(200)
      expect(Buffer.from(answer!).toString()).toBe('abcdefgh'.repeat(64))
      expect(durationMs).toBeLessThan(ATTEMPT_TIMEOUT_MS)
    }
    // What fits into the buffers on the way, each.
    expect(bytes).toBeLessThan(32 * 16 * MB)
  })

  test('chunks without end are cut as well', async () => {
    const origin = await startWriter((socket) => {
      socket.write('HTTP/1.1 503 Busy\r\ntransfer-encoding: chunked\r\n\r\n')
      pour(socket, Buffer.from('1\r\nx\r\n'.repeat(1_000)))
    })
    begin()
    const result = await sendTo(origin, patient)
    expect(result.durationMs).toBeLessThan(ATTEMPT_TIMEOUT_MS)
    expect(result).toMatchObject({ status: 503, answer: Buffer.from('x'.repeat(512)) })
  })

  test('a body that drips ends at the deadline, with what had come', async () => {
    const origin = await startWriter((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n')
      const drip = setInterval(() => socket.write('.'), 50)
      socket.on('close', () => clearInterval(drip))
    })
    begin()
    const { status, answer, durationMs } = await sendTo(origin)
    expect(status).toBe(200)
    expect(Buffer.from(answer!).toString()).toMatch(/^\.+$/)
    expect(durationMs).toBeLessThan(TIMEOUT_MS * 3)
  })

  test.each([
    ['one line', 'x-endless: ', 'a'.repeat(4_096)],
    ['many lines', '', 'x-more: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n'.repeat(100)],
  ])('headers in %s are cut after 16 KiB', async (_what, first, more) => {
    let bytes = 0
    const origin = await startWriter((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${first}`)
      pour(socket, Buffer.from(more), (written) => (bytes += written))
    })
    begin()
    const result = await sendTo(origin, patient)
    expect(result).toMatchObject({ status: null, error: 'invalid', answer: null })
    expect(bytes).toBeLessThan(32 * MB)
  })

  test.each([100, 103])('%i again and again ends at the deadline', async (status) => {
    const origin = await startWriter((socket) => {
      const again = setInterval(() => socket.write(`HTTP/1.1 ${status} Go on\r\n\r\n`), 10)
      socket.on('close', () => clearInterval(again))
    })
    begin()
    const { error, durationMs } = await sendTo(origin)
    expect(error).toBe('timeout')
    expect(durationMs).toBeLessThan(TIMEOUT_MS * 3)
  })

  test('a status line that drips ends at the deadline', async () => {
    const origin = await startWriter((socket) => {
      const drip = setInterval(() => socket.write('H'), 50)
      socket.on('close', () => clearInterval(drip))
    })
    begin()
    const { status, durationMs } = await sendTo(origin)
    expect(status).toBeNull()
    expect(durationMs).toBeLessThan(TIMEOUT_MS * 3)
  })
})

const FINE = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

test.each([
  ['a 100', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ['many of them', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)],
  ['a 102', 'HTTP/1.1 102 Processing\r\n\r\n'],
  ['a 103 with headers', 'HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n'],
])('%s before the answer is passed over', async (_what, interim) => {
  const origin = await startWriter((socket) => socket.write(interim + FINE))
  expect(await sendTo(origin)).toMatchObject({ status: 200, answer: Buffer.from('ok') })
})

test('a header line of nearly 16 KiB is taken', async () => {
  const line = `x-long: ${'a'.repeat(16_000)}`
  const origin = await startWriter((socket) => socket.write(`HTTP/1.1 204 Fine\r\n${line}\r\n\r\n`))
  expect(await sendTo(origin)).toMatchObject({ status: 204 })
})

test.each([
  ['101', 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n'],
  ['101 to nothing', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok'],
  ['a length and chunks', FINE.replace('\r\n', '\r\ntransfer-encoding: chunked\r\n')],
  ['status 000', 'HTTP/1.1 000 None\r\ncontent-length: 0\r\n\r\n'],
  ['status 099', 'HTTP/1.1 099 None\r\ncontent-length: 0\r\n\r\n'],
])('%s is no HTTP answer', async (_what, answer) => {
  const origin = await startWriter((socket) => socket.write(answer))
  expect(await sendTo(origin)).toMatchObject({ status: null, error: 'invalid', answer: null })
})

test('of an empty answer there is no beginning', async () => {
  const origin = await startWriter((socket) => socket.write('HTTP/1.1 204 Fine\r\n\r\n'))
  expect(await sendTo(origin)).toMatchObject({ status: 204, answer: null })
})
