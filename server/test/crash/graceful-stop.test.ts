import { rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { createCall, must } from '../support/network.ts'
import { startReceiver } from '../support/receiver.ts'
import type { Receiver } from '../support/receiver.ts'
import { makeDataFolder } from '../support/templates.ts'
import { startChild } from './child-server.ts'
import type { ChildServer } from './child-server.ts'
import { joinNetwork } from './members.ts'
import type { Members } from './members.ts'
import { orderOf, stopUnderWay } from './stop-under-way.ts'

const OPERATOR_KEY = 'op-a-key-for-tests-only'
// What the program promises, and a little for the machine.
const STOP_MS = 15_500

let folder: string
let receiver: Receiver
let server: ChildServer
let members: Members
const start = () =>
  startChild({ NEWCOMER_DATA: folder, NEWCOMER_OPERATOR_KEY: OPERATOR_KEY, LOG_LEVEL: 'info' })

beforeEach(async () => {
  folder = await makeDataFolder(inject('pgliteFolder'), 'stopped')
  receiver = await startReceiver(204)
  server = await start()
  members = await joinNetwork(server.url, OPERATOR_KEY, { A: receiver.url, B: receiver.url })
})
afterEach(async () => {
  await server.kill9()
  await receiver.close()
  await rm(folder, { recursive: true, force: true })
})

test('what is under way is answered, and nothing is lost', { timeout: 90_000 }, async () => {
  const shop = createCall(server.url, members.keys.shop)
  await must(shop('POST', '/v1/order', orderOf('o', 0)))
  const statuses = await stopUnderWay(server, shop, 'o')

  server = await start()
  const again = createCall(server.url, members.keys.shop)
  for (const [index, status] of statuses.entries()) {
    if (status === 200) await must(again('GET', `/v1/order/o-${index}`))
  }
  const verified = await must(createCall(server.url, OPERATOR_KEY)('POST', '/operator/v1/verify'))
  expect(verified.drift).toBe(0)
  expect(server.output()).not.toContain('"level":50')
})

test('nobody can hold up the stop', { timeout: 90_000 }, async () => {
  receiver.answer('hang')
  const publisher = createCall(server.url, members.keys.A)
  await must(publisher('POST', `/v1/webhooks/${members.hooks.A.id}/ping`, {}))
  await receiver.arrived(1)
  // A request that is begun and never ended, beside a receiver that never answers.
  const { hostname, port } = new URL(server.url)
  const idler = connect(Number(port), hostname)
  idler.on('error', () => undefined)
  await new Promise((resolve) => {
    idler.write(
      'POST /v1/customers HTTP/1.1\r\nHost: newcomer.example\r\nContent-Length: 9\r\n',
      resolve,
    )
  })
  await must(createCall(server.url, '')('GET', '/healthz'))
  const began = performance.now()
  const code = await server.stop()
  idler.destroy()
  expect(code, server.output()).toBe(0)
  expect(performance.now() - began).toBeLessThan(STOP_MS)

  receiver.answer(204)
  server = await start()
  const path = `/v1/webhooks/${members.hooks.A.id}/deliveries`
  const delivered = async () => (await must(createCall(server.url, members.keys.A)('GET', path)))[0]
  await expect.poll(delivered, { timeout: 40_000 }).toMatchObject({ state: 'acknowledged' })
  const ids = receiver.received.map(({ body }) => body['id'])
  expect(new Set(ids).size).toBe(1)
})
