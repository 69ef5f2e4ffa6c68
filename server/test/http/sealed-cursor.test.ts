import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { must, startFreshNetwork } from '../support/network.ts'
import type { Call, Network } from '../support/network.ts'

describe.each(databases)('a cursor, on $name', ({ create }) => {
  let network: Network
  let publisher: Call
  let other: Call

  beforeAll(async () => {
    network = await startFreshNetwork(create, { publishers: 2, merchants: 1 })
    publisher = network.publishers[0]!.call
    other = network.publishers[1]!.call
    for (let index = 0; index < 5; index++) {
      const body = { url: `https://receiver.example/${index}`, event_types: ['segment-change'] }
      await must(publisher('POST', '/v1/webhooks', body))
    }
  }, 120_000)
  afterAll(() => network.stop())

  const cursorOf = (url: string): string => new URL(url).searchParams.get('cursor') ?? ''

  test('goes on under its filters, alone and with the same beside it', async () => {
    const path = '/v1/webhooks?page_size=2'
    const first = await publisher('GET', path)
    const { next } = first.body.meta
    const cursor = cursorOf(next)
    const alone = await publisher('GET', `/v1/webhooks?cursor=${cursor}`)
    expect([alone.status, alone.body.objects.length]).toEqual([200, 3])
    const { pathname, search } = new URL(next)
    const followed = await publisher('GET', pathname + search)
    expect(followed.body.objects).toHaveLength(2)

    const events = await publisher('GET', '/v1/events?event_type=segment-change')
    const heard = cursorOf(events.body.meta.next)
    const paths = ['', '&event_type=segment-change', '&event_type=ping', '&event_type=tx-pending']
    const statuses = await Promise.all(
      paths.map(
        async (rest) => (await publisher('GET', `/v1/events?cursor=${heard}${rest}`)).status,
      ),
    )
    expect(statuses.slice(0, 2)).toEqual([200, 200])
    expect(statuses.slice(2)).toEqual([400, 400])
  })

  test('is good for nobody else, for no other list, and not once it was changed', async () => {
    const { meta } = (await publisher('GET', '/v1/webhooks?page_size=2')).body
    const cursor = cursorOf(meta.next)
    const middle = Math.floor(cursor.length / 2)
    const changed =
      cursor.slice(0, middle) + (cursor[middle] === 'A' ? 'B' : 'A') + cursor.slice(middle + 1)
    const inClear = Buffer.from(JSON.stringify(['x', 'after', 1])).toString('base64url')
    for (const [call, path] of [
      [other, `/v1/webhooks?cursor=${cursor}`],
      [publisher, `/v1/events?cursor=${cursor}`],
      [publisher, `/v1/webhooks?cursor=${changed}`],
      [publisher, `/v1/webhooks?cursor=${cursor}A`],
      [publisher, `/v1/webhooks?cursor=${cursor.slice(0, -4)}`],
      [publisher, `/v1/webhooks?cursor=${inClear}`],
      [publisher, `/v1/webhooks?cursor=${'A'.repeat(10_000)}`],
      [publisher, '/v1/webhooks?cursor='],
    ] as const) {
      const { status, body } = await call('GET', path)
      expect([status, body.error.details], path).toEqual([400, { field: 'cursor' }])
    }
  })

  test('shows nothing of what it holds, and has one length', async () => {
    const lists = ['/v1/webhooks?page_size=2', '/v1/events', '/v1/events?event_type=segment-change']
    const cursors: string[] = []
    for (const path of lists) {
      const { body } = await publisher('GET', path)
      cursors.push(cursorOf(body.meta.next))
      // Whatever happens meanwhile.
      const order = { order_id: randomUUID(), total: 100, currency: 'EUR' }
      await must(network.merchants[0]!.call('POST', '/v1/order', order))
      cursors.push(cursorOf((await publisher('GET', path)).body.meta.next))
    }
    expect(new Set(cursors.map(({ length }) => length)).size).toBe(1)
    expect(new Set(cursors).size).toBe(cursors.length)
    for (const cursor of cursors) {
      const bytes = Buffer.from(cursor, 'base64url').toString('latin1')
      expect(bytes).not.toMatch(/[\w":,]{12}/)
    }
  })
})
