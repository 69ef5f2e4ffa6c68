import type { AddressInfo } from 'node:net'
import { createKeyUses } from '../../../src/organizations/key-uses.ts'
import { SERVICE } from '../../../src/journal/entry.ts'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Api } from '../../../src/http/api.ts'
import { requireCaller } from '../../../src/http/authenticate.ts'
import { createMetrics } from '../../../src/metrics.ts'
import { createShell } from '../../../src/http/shell.ts'
import { createApiKey } from '../../../src/organizations/create-api-key.ts'
import { eventRoutes } from '../../../src/webhooks/feed/event-feed-routes.ts'
import { createFeedWaiters } from '../../../src/webhooks/feed/feed-waiters.ts'
import type { FeedWaiters } from '../../../src/webhooks/feed/feed-waiters.ts'
import { answersAreMadeUp } from '../../support/described-answers.ts'
import { databases } from '../../support/databases.ts'
import { startReceiver } from '../../support/receiver.ts'
import { createWorld } from '../world.ts'
import type { World } from '../world.ts'

interface Answer {
  status: number
  headers: Headers
  meta: { next: string; previous: null }
  objects: Record<string, unknown>[]
  error: { message: string; type: string; details: Record<string, unknown> }
}

answersAreMadeUp('/v1/events')

describe.each(databases)('/v1/events on $name', (testDatabase) => {
  let world: World
  let feedWaiters: FeedWaiters
  let app: FastifyInstance
  let url: string
  let keys: { publisher: string; merchant: string }

  beforeEach(async () => {
    world = await createWorld(testDatabase)
    const { database, clock, log, directory, publisher, merchant } = world
    const keyOf = async (organization: number) => {
      const by = { organization, act: SERVICE, now: clock.now() }
      return (await createApiKey(database.db, by, { name: 'test' })).key
    }
    keys = { publisher: await keyOf(publisher.number), merchant: await keyOf(merchant.number) }
    await directory.refresh()
    const own = { metrics: createMetrics(), keyUses: createKeyUses(clock) }
    const shell = { clock, log, directory, ...own, operatorKey: 'o'.repeat(16) }
    app = createShell({ ...shell, vault: world.vault, isStopping: () => false })
    feedWaiters = createFeedWaiters({ database, clock, log })
    feedWaiters.start()
    app.register(
      (api: Api, _options, done) => {
        api.addHook('onRequest', requireCaller)
        eventRoutes({ ...world, feedWaiters })(api)
        done()
      },
      { prefix: '/v1' },
    )
    await app.listen({ host: '127.0.0.1', port: 0 })
    url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/v1/events`
  })

  afterEach(async () => {
    await feedWaiters.stop()
    await app.close()
    await world.close()
  })

  async function ask(target: string, init: RequestInit & { key?: string } = {}): Promise<Answer> {
    const { key = keys.publisher, ...more } = init
    const headers = { authorization: `Basic ${btoa(`${key}:`)}` }
    const response = await fetch(target, { headers, ...more })
    const answer = (await response.json()) as Omit<Answer, 'status' | 'headers'>
    return { ...answer, status: response.status, headers: response.headers }
  }

  test('without a cursor it begins now; the cursor goes on from there, again and again', async () => {
    const customer = world.customer()
    await world.happen(customer)
    const first = await ask(url)
    expect(first).toMatchObject({ status: 200, objects: [] })
    const [second, third] = [await world.happen(customer), await world.happen(customer)].flat()
    for (const _ of [1, 2]) {
      const { objects } = await ask(first.meta.next)
      expect(objects.map(({ id }) => id)).toEqual([second!.id, third!.id])
    }
    const { meta } = await ask(first.meta.next)
    expect(await ask(meta.next)).toMatchObject({ status: 200, objects: [] })
  })

  test('an event comes as a webhook would bring it', async () => {
    const receiver = await startReceiver(204)
    await world.endpoint(receiver.url, ['segment-change', 'tx-pending'])
    const { meta } = await ask(url)
    await world.happen(world.customer())
    await world.tell(world.transaction('customer-1'), 'tx-pending', { id: 'tx-1', amount: 45 })
    const { objects } = await ask(meta.next)
    await world.dispatcher().deliverDue()
    await receiver.arrived(2)
    const sent = receiver.received.map(({ body }) => ({ ...body, request_id: '' }))
    const heard = objects.map((body) => ({ ...body, request_id: '' }))
    expect(heard).toHaveLength(2)
    expect(sent).toEqual(expect.arrayContaining(heard))
    expect(objects.map((body) => Object.keys(body).slice(0, 3))).toEqual(
      Array(2).fill(['id', 'request_id', 'event_type']),
    )
    for (const { request_id: id } of objects) expect(id).toMatch(/^attempt-[\da-f]{16}$/)
    expect(objects[0]?.['request_id']).not.toBe(objects[1]?.['request_id'])
    await receiver.close()
  })

  test('others, pings and the erased are left out; a type can be chosen', async () => {
    const { meta } = await ask(url)
    const [erased, kept] = [world.customer(), world.customer()]
    await world.happen(erased, kept)
    world.customers.delete(erased)
    await world.tell(world.transaction(null), 'tx-declined', { id: 'tx-1' })
    const types = async (next: string) =>
      (await ask(next)).objects.map((body) => [body['event_type'], body['customer_id']])
    const change = ['segment-change', world.customers.get(kept)]
    expect(await types(meta.next)).toEqual([change, ['tx-declined', undefined]])
    const chosen = await ask(`${url}?event_type=tx-declined`)
    await world.happen(kept)
    await world.tell(world.transaction(null), 'tx-declined', { id: 'tx-2' })
    expect(await types(chosen.meta.next)).toEqual([['tx-declined', undefined]])
    const theirs = await ask(meta.next, { key: keys.merchant })
    expect([theirs.status, theirs.error.details['field']]).toEqual([400, 'cursor'])
  })

  test('many come in pages, each customer’s in order', async () => {
    const { meta } = await ask(url)
    const customers = Array.from({ length: 50 }, () => world.customer())
    for (let count = 0; count < 5; count++) await world.happen(...customers)
    const heard: Record<string, unknown>[] = []
    for (let { next } = meta; ;) {
      const page = await ask(next)
      if (page.objects.length === 0) break
      expect(page.objects.length).toBeLessThanOrEqual(100)
      heard.push(...page.objects)
      next = page.meta.next
    }
    expect(heard).toHaveLength(250)
    for (const ofOne of Map.groupBy(heard, (body) => body['customer_id']).values()) {
      expect(ofOne.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5])
    }
  })

  test('a call that waits is answered once something happens', async () => {
    const { meta } = await ask(url)
    const answer = ask(`${meta.next}&wait_seconds=25`)
    const [event] = await world.happen(world.customer())
    feedWaiters.wake()
    expect((await answer).objects).toMatchObject([{ id: event!.id }])
  })

  test('five can wait at once; who leaves makes room; a stop lets all go', async () => {
    const gone = new AbortController()
    const wait = (init: RequestInit = {}) => ask(`${url}?wait_seconds=25`, init)
    const left = wait({ signal: gone.signal }).catch(() => 'left')
    const waiting = [wait(), wait(), wait(), wait()]
    const short = async () => (await ask(`${url}?wait_seconds=1`)).status
    await expect.poll(short, { timeout: 10_000 }).toBe(429)
    const { error, headers } = await wait()
    expect(error).toMatchObject({ type: 'TooManyRequests', message: expect.stringMatching(/wait/) })
    expect(headers.get('retry-after')).toBe('5')
    gone.abort()
    expect(await left).toBe('left')
    await expect.poll(short, { timeout: 10_000 }).toBe(200)
    await feedWaiters.stop()
    for (const answer of await Promise.all(waiting)) {
      expect(answer).toMatchObject({ status: 200, objects: [] })
    }
    expect(await wait()).toMatchObject({ status: 200, objects: [] })
  })

  test('what cannot be is refused', async () => {
    const { meta } = await ask(url)
    const cursor = new URL(meta.next).searchParams.get('cursor')!
    const sealed = Buffer.from(cursor, 'base64url')
    const craft = (bytes: Buffer) => `${url}?cursor=${bytes.toString('base64url')}`
    /** With the bit at this byte turned over. */
    const turned = (index: number) => {
      const bytes = Buffer.from(sealed)
      bytes[index]! ^= 1
      return craft(bytes)
    }
    for (const target of [
      `${url}?cursor=abc`,
      `${meta.next}&event_type=tx-pending`,
      `${url}?wait_seconds=26`,
      `${url}?event_type=ping`,
      turned(0),
      turned(sealed.length >> 1),
      turned(sealed.length - 1),
      craft(sealed.subarray(0, -1)),
      craft(Buffer.concat([sealed, Buffer.from([0])])),
      craft(Buffer.from('[0,"5"]')),
    ]) {
      expect([target, (await ask(target)).status]).toEqual([target, 400])
    }
    expect((await ask(url, { headers: {} })).status).toBe(401)
  })
})
