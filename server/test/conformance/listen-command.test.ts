import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Webhook } from 'standardwebhooks'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { hashEmail, verifyWebhook } from '../../../client/src/index.ts'
import { postgresql } from '../support/databases.ts'
import { must, useNetwork } from '../support/network.ts'
import type { Member } from '../support/network.ts'
import { startReceiver } from '../support/receiver.ts'

const COMMAND = fileURLToPath(new URL('../../../client/src/newcomer.ts', import.meta.url))
const SECRET = `whsec_${Buffer.from('0123456789abcdef01234567').toString('base64')}`

const network = useNetwork(postgresql.create, { publishers: 1, merchants: 1 })
let publisher: Member
let merchant: Member

beforeAll(() => {
  publisher = network.publishers[0]!
  merchant = network.merchants[0]!
})

/** The command in a process of its own, once it listens. */
async function listen(args: string[]) {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', COMMAND, 'listen', ...args],
    {
      env: {
        NEWCOMER_API_KEY: publisher.key,
        NEWCOMER_URL: network.url,
        NEWCOMER_WEBHOOK_SECRET: SECRET,
      },
    },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  const written = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (written.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (written.err += chunk.toString()))
  const ended = once(child, 'close').then(([code]: unknown[]) => code)
  await expect.poll(() => written.err, { timeout: 20_000 }).toContain('Listening')
  return { written, ended, interrupt: () => void child.kill('SIGINT') }
}

async function buy(orderId: string, customer: string): Promise<void> {
  const email_sha256 = hashEmail(`${customer}@example.com`)
  await must(publisher.call('POST', '/v1/customers', { id: customer, email_sha256 }))
  const order = { order_id: orderId, total: 2299, currency: 'USD' }
  await must(
    merchant.call('POST', '/v1/order', { ...order, customer: { id: orderId, email_sha256 } }),
  )
}

test('an order reaches a receiver on this machine, signed, and ^C ends it', async () => {
  const receiver = await startReceiver(204, 500)
  onTestFinished(() => receiver.close())
  const { written, ended, interrupt } = await listen(['--forward-to', receiver.url])
  await buy('order-1', 'customer-1')
  await receiver.arrived(1)
  const { raw, headers, body } = receiver.received[0]!
  expect(body).toMatchObject({
    event_type: 'segment-change',
    customer_id: 'customer-1',
    segments: { previous: [{ name: 'new' }], current: [{ name: 'active' }] },
    cause: 'order',
  })
  expect(verifyWebhook({ body: raw, headers, secret: SECRET })).toEqual(body)
  const standard = headers as Record<string, string>
  expect(new Webhook(SECRET).verify(raw.toString(), standard)).toEqual(body)
  const { 'x-button-signature': signature } = headers
  const button = { 'x-button-signature': signature }
  expect(verifyWebhook({ body: raw, headers: button, secret: SECRET })).toEqual(body)
  await buy('order-2', 'customer-2')
  await expect.poll(() => written.out, { timeout: 20_000 }).toMatch(/<-- 500 in \d+ ms/)
  expect(written.out).toMatch(/--> segment-change {2}customer-1 {2}new -> active at org-/)
  expect(written.out).toMatch(/<-- 204 in \d+ ms/)
  interrupt()
  expect(await ended).toBe(130)
  expect(written.err).toContain('2 events: 1 acknowledged, 1 not.\n')
  expect(written.out + written.err).not.toContain(publisher.key)
})

test('whoever listens holds up no stop', async () => {
  const { written } = await listen([])
  await buy('order-3', 'customer-3')
  await expect.poll(() => written.out, { timeout: 20_000 }).toContain('customer-3')
  const begun = performance.now()
  await network.server.stop()
  expect(performance.now() - begun).toBeLessThan(5_000)
})
