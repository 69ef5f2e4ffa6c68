import type { LookupAddress } from 'node:dns'
import { Resolver } from 'node:dns/promises'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo, Server as TcpServer } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAddressRule, parseRange } from '../../../src/kernel/address-rule.ts'
import type { TargetRule } from '../../../src/webhooks/transport/target-rule.ts'
import { createNameResolver } from '../../../src/webhooks/transport/resolve-name.ts'
import { createSender } from '../../../src/webhooks/transport/send.ts'
import type { Sender } from '../../../src/webhooks/transport/send.ts'
import { startListener } from '../../support/listener.ts'
import type { Listener } from '../../support/listener.ts'
import { startNameServer } from '../../support/name-server.ts'
import type { NameAnswer, NameServer } from '../../support/name-server.ts'

const NAME = 'moving.example'
// Public, so it passes; no test connects to it.
const PUBLIC = '93.184.215.14'
const TIMEOUT_MS = 3_000

let names: NameServer
let listener: Listener
let sender: Sender

beforeEach(async () => {
  names = await startNameServer()
  listener = await startListener()
})
afterEach(async () => {
  await sender.close()
  await listener.close()
  await names.close()
})

/** As production has it, but over http and on the port of whoever listens. */
function ruleAllowing(...ranges: string[]): TargetRule {
  const allowed = ranges.map((range) => parseRange(range)!)
  return { isDevelopment: true, ports: [], mayConnect: createAddressRule(allowed) }
}

function open(targetRule: TargetRule): void {
  sender = createSender({
    targetRule,
    timeoutMs: TIMEOUT_MS,
    resolveName: createNameResolver(names.resolver),
  })
}

function sendTo(port: number, scheme = 'http') {
  const origin = `${scheme}://${NAME}:${port}`
  return sender.send({ origin, path: '/', headers: {}, body: Buffer.from('{}') })
}

describe('nothing is open beside public addresses', () => {
  test.each<[string, NameAnswer]>([
    ['to loopback', ['127.0.0.1']],
    ['to loopback of IPv6', ['::1']],
    ['to loopback of both', ['127.0.0.1', '::1']],
    ['to a public address and to loopback', [PUBLIC, '127.0.0.1']],
    ['to loopback and to a public address', ['127.0.0.1', PUBLIC]],
    ['to a public address, and by IPv6 to loopback', [PUBLIC, '::1']],
    ['to all addresses', ['0.0.0.0']],
    ['to all addresses of IPv6', ['::']],
    ['to loopback, IPv4-mapped', ['::ffff:7f00:1']],
    ['to a public address, and IPv4-mapped to loopback', [PUBLIC, '::ffff:7f00:1']],
    ['to loopback by NAT64', ['64:ff9b::7f00:1']],
    ['to metadata', ['169.254.169.254']],
    ['to fifty public addresses and one that is not', fiftyAnd('10.0.0.1')],
  ])('a name that leads %s is not connected to', async (_what, answer) => {
    open(ruleAllowing())
    for (const scheme of ['http', 'https']) {
      names.answer(answer)
      expect(await sendTo(listener.port, scheme)).toMatchObject({
        status: null,
        error: 'forbidden',
        answer: null,
      })
    }
    expect(listener.connections()).toBe(0)
  })

  test('a name that moves between look-ups is connected to where it was checked', async () => {
    const receiver = createServer((_request, response) => response.end('here'))
    const port = await listenTo(receiver, '127.0.0.1')
    const other = await startListenerOn6(port)
    // In place of a public address, one that is allowed: no test may connect to others.
    open(ruleAllowing('127.0.0.1/32'))
    names.answer(['127.0.0.1'], ['::1'])
    expect(await sendTo(port)).toMatchObject({ status: 200, answer: Buffer.from('here') })
    expect(names.asked, 'asked once, not to check and then to connect').toEqual([
      `A ${NAME}`,
      `AAAA ${NAME}`,
    ])
    expect(other.connections()).toBe(0)
    await close(receiver)
    await other.close()
  })
})

describe('a name server that answers what leads nowhere', () => {
  test.each<[string, NameAnswer]>([
    ['that there is no such name', 'absent'],
    ['no address', []],
    ['an alias without an address', 'alias'],
    ['no message of the protocol', 'garbage'],
    ['a message that breaks off', 'broken-off'],
    ['nothing', 'silent'],
    ['more addresses than anybody has', manyAddresses(1_000)],
  ])('%s: the attempt fails, and the next name is looked up', async (_what, answer) => {
    open(ruleAllowing('127.0.0.1/32'))
    names.answer(answer)
    expect(await sendTo(listener.port)).toMatchObject({ status: null, error: 'dns', answer: null })
    expect(await sendTo(listener.port, 'https')).toMatchObject({ status: null, error: 'dns' })
    expect(listener.connections()).toBe(0)
  })

  test('a look-up that succeeds without an address is one that failed', async () => {
    const resolver = {
      resolve4: () => Promise.resolve([]),
      resolve6: () => Promise.reject(new Error()),
    }
    sender = createSender({
      targetRule: ruleAllowing('127.0.0.1/32'),
      timeoutMs: TIMEOUT_MS,
      resolveName: createNameResolver(resolver as unknown as Resolver),
    })
    expect(await sendTo(listener.port)).toMatchObject({ status: null, error: 'dns' })
  })

  test.each([
    ['an empty list', []],
    ['what is no address', [{ address: 'nonsense', family: 4 }]],
    ['what is no list', [null]],
  ])('%s from whatever looks names up fails the attempt alone', async (_what, addresses) => {
    sender = createSender({
      targetRule: { isDevelopment: true, ports: [], mayConnect: () => true },
      timeoutMs: TIMEOUT_MS,
      resolveName: () => Promise.resolve(addresses as LookupAddress[]),
    })
    expect(await sendTo(listener.port)).toMatchObject({ status: null, answer: null })
  })
})

describe('a name that moves', () => {
  let receiver: Server
  let port: number
  let keepsAlive: boolean
  let received: number
  beforeEach(async () => {
    received = 0
    keepsAlive = false
    receiver = createServer((_request, response) => {
      received++
      response.shouldKeepAlive = keepsAlive
      response.end()
    })
    port = await listenTo(receiver, '127.0.0.1')
    open(ruleAllowing('127.0.0.1/32'))
  })
  afterEach(() => close(receiver))

  test.each([['127.0.0.2'], ['10.0.0.1'], ['169.254.169.254'], ['::1']])(
    'to %s is refused from the next connection on',
    async (address) => {
      names.answer(['127.0.0.1'], [address])
      expect(await sendTo(port)).toMatchObject({ status: 200 })
      for (let count = 0; count < 3; count++) {
        expect(await sendTo(port)).toMatchObject({ status: null, error: 'forbidden' })
      }
      expect(received).toBe(1)
    },
  )

  test('changes nothing for a connection that is kept alive', async () => {
    keepsAlive = true
    names.answer(['127.0.0.1'], ['10.0.0.1'])
    for (let count = 0; count < 3; count++) {
      expect(await sendTo(port)).toMatchObject({ status: 200 })
      // In the same turn of the loop it is not free yet, and another would be made.
      await setImmediate()
    }
    expect(names.asked).toHaveLength(2)
  })

  test.each([
    ['AAAA', 'absent'],
    ['AAAA', 'silent'],
  ] as const)('is sent to by IPv4 where the answer for %s is %s', async (kind, answer) => {
    names.answerBy((_name, asked) => (asked === kind ? answer : ['127.0.0.1']))
    expect(await sendTo(port)).toMatchObject({ status: 200 })
  })

  test('is looked up once for all connections that are made at once', async () => {
    names.answer(['127.0.0.1'])
    const results = await Promise.all(Array.from({ length: 20 }, () => sendTo(port)))
    expect(results.every(({ status }) => status === 200)).toBe(true)
    expect(names.asked).toHaveLength(2)
  })
})

test.each(['http', 'https'])(
  'where %s has led is checked before a byte is sent',
  async (scheme) => {
    let bytes = 0
    const closed = Promise.withResolvers<undefined>()
    const receiver = createTcpServer((socket) => {
      socket.on('data', (chunk) => (bytes += chunk.length))
      socket.on('close', () => closed.resolve(undefined))
    })
    const port = await listenTo(receiver, '127.0.0.1')
    // As if the system had led it elsewhere than to the address that was checked.
    let checks = 0
    open({ ...ruleAllowing(), mayConnect: () => checks++ === 0 })
    names.answer(['127.0.0.1'])
    expect(await sendTo(port, scheme)).toMatchObject({ status: null, error: 'forbidden' })
    await closed.promise
    expect([checks, bytes]).toEqual([2, 0])
    receiver.close()
  },
)

test('what cannot be looked up is no target', async () => {
  open(ruleAllowing())
  names.answer('absent')
  expect(await sendTo(listener.port)).toMatchObject({ status: null, error: 'dns' })
  names.answer([])
  expect(await sendTo(listener.port)).toMatchObject({ status: null, error: 'dns' })
  names.answer('silent')
  expect(await sendTo(listener.port)).toMatchObject({ status: null, error: 'dns' })
})

test('names that nobody answers for hold up nobody else', async () => {
  const receiver = createServer((_request, response) => response.end())
  const port = await listenTo(receiver, '127.0.0.1')
  const resolver = new Resolver()
  resolver.setServers(names.resolver.getServers())
  const targetRule = ruleAllowing('127.0.0.1/32')
  sender = createSender({ targetRule, resolveName: createNameResolver(resolver) })
  names.answerBy((name) => (name.startsWith('dead') ? 'silent' : ['127.0.0.1']))
  const send = (name: string) =>
    sender.send({
      origin: `http://${name}:${port}`,
      path: '/',
      headers: {},
      body: Buffer.from('{}'),
    })
  let ended = 0
  // Far more than libuv has threads.
  const dead = Array.from({ length: 100 }, (_, index) =>
    send(`dead-${index}.example`).finally(() => ended++),
  )
  expect(await send('alive.example')).toMatchObject({ status: 200 })
  expect(ended).toBe(0)
  resolver.cancel()
  expect(new Set((await Promise.all(dead)).map(({ error }) => error))).toEqual(new Set(['dns']))
  await close(receiver)
})

/** As many as one message of 1,232 bytes holds with ease, which is what is asked for. */
function fiftyAnd(address: string): string[] {
  return [...Array.from({ length: 50 }, (_, index) => `93.184.215.${index}`), address]
}

async function listenTo(server: TcpServer, host: string): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  return (server.address() as AddressInfo).port
}

async function startListenerOn6(
  port: number,
): Promise<{ connections(): number; close(): Promise<void> }> {
  let connections = 0
  const server = createServer().on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(port, '::1', resolve))
  return { connections: () => connections, close: () => close(server) }
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

/** All of them allowed. */
function manyAddresses(count: number): string[] {
  return Array.from({ length: count }, () => '127.0.0.1')
}
