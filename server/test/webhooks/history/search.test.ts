import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SendResult, Sender } from '../../../src/webhooks/transport/send.ts'
import { databases } from '../../support/databases.ts'
import { createWebhookApi } from '../webhook-api.ts'
import type { WebhookApi } from '../webhook-api.ts'
import { createWorld } from '../world.ts'
import type { World } from '../world.ts'

const MINUTE_MS = 60_000

describe.each(databases)('deliveries are searched and looked into, on $name', (testDatabase) => {
  let world: World
  let api: WebhookApi
  let path: string

  beforeEach(async () => {
    world = await createWorld(testDatabase)
    api = await createWebhookApi(world)
    const { id } = await world.endpoint('https://receiver.example/')
    path = `/v1/webhooks/${id}/deliveries`
  })

  afterEach(async () => {
    await api.close()
    await world.close()
  })

  /** Answers each request with the next of these, and the last of them for ever. */
  function senderOf(...results: { status: number; answer?: Uint8Array | null }[]): Sender {
    let next = 0
    return {
      send: () => {
        const result = results[Math.min(next++, results.length - 1)]
        const always = { error: null, retryAfter: null, durationMs: 5 }
        return Promise.resolve({ ...always, ...result } as SendResult)
      },
      close: () => Promise.resolve(),
    }
  }

  test('one event is found by its id, by its organization only', async () => {
    const [first] = await world.happen(world.customer(), world.customer())
    await world.dispatcher({ sender: senderOf({ status: 204 }) }).deliverDue()
    const found = await api.get(`${path}?event_id=${first?.id}`)
    expect(found.objects).toMatchObject([{ event_id: first?.id, state: 'acknowledged' }])
    expect([found.meta.next, found.meta.previous]).toEqual([null, null])
    expect((await api.get(`${path}?event_id=${first?.id}&state=waiting`)).objects).toEqual([])
    expect((await api.get(`${path}?event_id=hook-0000000000000000`)).objects).toEqual([])
    expect(await api.get(`${path}?event_id=hook-1`)).toMatchObject({
      status: 400,
      error: { details: { field: 'event_id' } },
    })
    await sql`update events set organization = ${world.merchant.number}
      where id = ${first?.id}`.execute(world.database.db)
    expect((await api.get(`${path}?event_id=${first?.id}`)).objects).toEqual([])
  })

  test('events are found by their time, the end left out, page by page', async () => {
    const ids: string[] = []
    for (let minute = 0; minute < 5; minute++) {
      const [event] = await world.happen(world.customer())
      ids.unshift(event?.id ?? '')
      world.clock.advance(MINUTE_MS)
    }
    const between = 'start_date=2025-03-04T10:01:00Z&end_date=2025-03-04T10:04:00.000Z'
    const idsOf = ({ objects }: { objects: Record<string, unknown>[] }) =>
      objects.map((each) => each['event_id'])
    expect(idsOf(await api.get(`${path}?${between}`))).toEqual(ids.slice(1, 4))
    expect(idsOf(await api.get(`${path}?start_date=2025-03-04T10:04:00Z`))).toEqual(ids.slice(0, 1))
    expect(idsOf(await api.get(`${path}?end_date=2025-03-04T11:01:00%2B01:00`))).toEqual(
      ids.slice(4),
    )
    const first = await api.get(`${path}?${between}&page_size=2`)
    const { pathname, search } = new URL(first.meta.next ?? '')
    const second = await api.get(pathname + search)
    expect([idsOf(first), idsOf(second)]).toEqual([ids.slice(1, 3), ids.slice(3, 4)])
    expect(second.meta.next).toBeNull()
    for (const field of ['start_date', 'end_date']) {
      expect(await api.get(`${path}?${field}=yesterday`)).toMatchObject({
        status: 400,
        error: { type: 'InvalidField', details: { field } },
      })
    }
  })

  test('also a state that thousands are in is listed whole', async () => {
    const many = Array.from({ length: 1_002 }, () => world.customer())
    await world.happen(...many)
    const count = async (query: string): Promise<number> => {
      let page = await api.get(`${path}?page_size=500&${query}`)
      let found = page.objects.length
      while (page.meta.next !== null) {
        const { pathname, search } = new URL(page.meta.next)
        page = await api.get(pathname + search)
        found += page.objects.length
      }
      return found
    }
    expect(await count('state=waiting')).toBe(1_002)
    await world.dispatcher({ sender: senderOf({ status: 400 }) }).deliverDue()
    expect(await count('state=refused')).toBe(1_002)
    expect(await count('state=waiting')).toBe(0)
    expect(await count('state=expired')).toBe(0)
  })

  test('an attempt shows how the answer began; no table holds it as it is', async () => {
    const canary = 'jane@customer.example'
    const bytes = Buffer.concat([
      Buffer.from(`\u001b[2J${canary}\r\nna\u00efve \u202egnp.exe\t`),
      Buffer.of(0xc3, 0x28),
    ])
    const answers = [
      { status: 500, answer: bytes },
      { status: 500, answer: Buffer.alloc(0) },
      { status: 200, answer: null },
    ]
    const dispatcher = world.dispatcher({ sender: senderOf(...answers) })
    await world.happen(world.customer())
    for (let attempt = 0; attempt < 3; attempt++) {
      await dispatcher.deliverDue()
      world.clock.advance(MINUTE_MS)
    }
    const { objects } = await api.get(path)
    expect(objects).toMatchObject([
      {
        state: 'acknowledged',
        attempts: [
          {
            status: 500,
            answer: `\ufffd[2J${canary}\nna\u00efve \ufffdgnp.exe\t\ufffd(`,
            replay_id: null,
          },
          { status: 500, answer: null },
          { status: 200, answer: null },
        ],
      },
    ])
    const attempts = await world.attempts()
    expect(attempts.map(({ blob }) => blob === null)).toEqual([false, true, true])
    const blob = Buffer.from(attempts[0]?.blob ?? [])
    expect(blob.includes(canary)).toBe(false)
    expect(world.logged.join('\n')).not.toContain(canary)
  })

  test('a delivery that was replayed is as it last came to an end', async () => {
    const sender = senderOf({ status: 400 })
    const subject = world.customer()
    await world.happen(subject)
    await world.dispatcher({ sender }).deliverDue()
    const again = async (number: number, outcome: string): Promise<void> => {
      world.clock.advance(MINUTE_MS)
      await sql`
        insert into attempts
          (id, endpoint, subject, sequence, at, number, outcome, status, duration_ms, replay)
        select ${`attempt-000000000000000${number}`}, endpoint, subject, sequence,
          ${world.clock.now()}, ${number}, ${outcome}, 200, 5, 'replay-0000000000000001'
        from attempts where number = 1`.execute(world.database.db)
    }
    await again(2, 'failed')
    expect((await api.get(path)).objects).toMatchObject([{ state: 'refused' }])
    expect((await api.get(`${path}?state=refused`)).objects).toHaveLength(1)
    await again(3, 'acknowledged')
    expect((await api.get(path)).objects).toMatchObject([
      {
        state: 'acknowledged',
        attempts: [
          { replay_id: null },
          { replay_id: 'replay-0000000000000001' },
          { replay_id: 'replay-0000000000000001' },
        ],
      },
    ])
  })
})
