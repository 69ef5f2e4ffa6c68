import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../support/databases.ts'
import { emailHash } from '../../support/hash.ts'
import { must, startFreshNetwork } from '../../support/network.ts'
import type { Answer, Call, Network } from '../../support/network.ts'
import { startReceiver } from '../../support/receiver.ts'
import type { Receiver } from '../../support/receiver.ts'

const HOUR_MS = 3_600_000
const CUSTOMERS = ['c-1', 'c-2', 'c-3']

type Replay = Record<string, unknown>

describe.each(databases)('/v1/webhooks/{id}/replays on $name', ({ create }) => {
  let network: Network
  let receiver: Receiver
  let call: Call
  let path: string
  let start: string
  let end: string

  beforeAll(async () => {
    network = await startFreshNetwork(create, { publishers: 2, merchants: 1 })
    receiver = await startReceiver()
    call = network.publishers[0]!.call
    const body = { url: receiver.url, event_types: ['segment-change'] }
    const webhook = await must(call('POST', '/v1/webhooks', body))
    path = `/v1/webhooks/${webhook.id}`
    for (const id of CUSTOMERS) {
      const hash = emailHash(id)
      await must(call('POST', '/v1/customers', { id, email_sha256: hash }))
      const customer = { id, email_sha256: hash }
      const order = { order_id: id, total: 100, currency: 'USD', customer }
      await must(network.merchants[0]!.call('POST', '/v1/order', order))
    }
    await receiver.arrived(3)
    while ((await deliveries('waiting')).length > 0);
    start = new Date(Date.now() - HOUR_MS).toISOString()
    end = new Date(Date.now() + HOUR_MS).toISOString()
  })

  afterAll(async () => {
    await network.stop()
    await receiver.close()
  })

  const deliveries = async (state: string): Promise<Replay[]> =>
    await must(call('GET', `${path}/deliveries?state=${state}`))
  const replay = (body: object): Promise<Answer> =>
    call('POST', `${path}/replays`, { start_date: start, end_date: end, ...body })

  async function finished(id: unknown): Promise<Replay> {
    for (;;) {
      const now: Replay = await must(call('GET', `${path}/replays/${String(id)}`))
      if (now['status'] === 'finished') return now
    }
  }

  test('a replay of a time is made, sent and listed', async () => {
    const made = await must(replay({ customer_id: 'c-2' }))
    expect(made).toEqual({
      id: expect.stringMatching(/^replay-[0-9a-f]{16}$/) as string,
      webhook_id: path.split('/').at(-1),
      event_id: null,
      start_date: start,
      end_date: end,
      state: null,
      event_types: null,
      customer_id: 'c-2',
      status: expect.stringMatching(/^(gathering|sending|finished)$/) as string,
      events: expect.any(Number) as number,
      waiting: expect.any(Number) as number,
      created_date: expect.any(String) as string,
    })
    expect(await finished(made.id)).toMatchObject({ events: 1, waiting: 0, customer_id: 'c-2' })
    const sent = receiver.received.filter(({ body }) => body['replay_id'] === made.id)
    expect(sent.map(({ body }) => body['customer_id'])).toEqual(['c-2'])

    const second = await must(replay({ state: 'acknowledged', event_types: ['segment-change'] }))
    expect(await finished(second.id)).toMatchObject({ events: 3 })
    const newest = await call('GET', `${path}/replays?page_size=1`)
    expect(newest.body.objects).toMatchObject([{ id: second.id, customer_id: null }])
    const { pathname, search } = new URL(newest.body.meta.next)
    const older = await call('GET', pathname + search)
    expect(older.body.objects).toMatchObject([{ id: made.id }])
    expect(older.body.meta.next).toBeNull()
    const back = new URL(older.body.meta.previous)
    expect((await call('GET', back.pathname + back.search)).body.objects).toMatchObject([
      { id: second.id },
    ])
  })

  test('one event is resent', async () => {
    const [delivery] = await deliveries('acknowledged')
    const resent = await must(
      call('POST', `${path}/deliveries/${String(delivery!['event_id'])}/resend`, {}),
    )
    expect(resent).toMatchObject({ event_id: delivery!['event_id'], events: 1 })
    await finished(resent.id)
    const sent = receiver.received.filter(({ body }) => body['replay_id'] === resent.id)
    expect(sent.map(({ body }) => body['id'])).toEqual([delivery!['event_id']])
  })

  test('one that waits is cancelled', async () => {
    await must(call('POST', `${path}/pause`, {}))
    const { id } = await must(replay({}))
    const cancelled = await must(call('POST', `${path}/replays/${id}/cancel`, {}))
    expect(cancelled).toMatchObject({ status: 'cancelled', waiting: 0 })
    expect(await must(call('POST', `${path}/replays/${id}/cancel`, {}))).toEqual(cancelled)
    await must(call('POST', `${path}/resume`, {}))
  })

  test.each([
    [{ start_date: '2020-01-01' }, 'start_date'],
    [{ start_date: 'yesterday' }, 'start_date'],
    [{ end_date: '2020-01-01' }, 'end_date'],
    [{ state: 'waiting' }, 'state'],
    [{ event_types: ['tx-pending'] }, 'event_types'],
    [{ event_types: ['ping'] }, 'event_types[0]'],
    [{ event_types: [] }, 'event_types'],
    [{ everything: true }, 'everything'],
  ])('%j is refused', async (body, field) => {
    const { status, body: answer } = await replay(body)
    expect([status, answer.error?.details.field]).toEqual([400, field])
  })

  test('what is another’s, or is not there, is not found', async () => {
    const { id } = await must(replay({ customer_id: 'nobody' }))
    const theirs = network.publishers[1]!.call
    const body = { start_date: start, end_date: end }
    const [delivery] = await deliveries('acknowledged')
    for (const [method, url, sent] of [
      ['POST', `${path}/replays`, body],
      ['GET', `${path}/replays`, undefined],
      ['GET', `${path}/replays/${id}`, undefined],
      ['POST', `${path}/replays/${id}/cancel`, {}],
      ['POST', `${path}/deliveries/${String(delivery!['event_id'])}/resend`, {}],
    ] as const) {
      expect((await theirs(method, url, sent)).status, url).toBe(404)
    }
    for (const absent of ['replay-0123456789abcdef', '%00', 'x']) {
      expect((await call('GET', `${path}/replays/${absent}`)).status).toBe(404)
      expect((await call('POST', `${path}/deliveries/${absent}/resend`, {})).status).toBe(404)
    }
  })
})
