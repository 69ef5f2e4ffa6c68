import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { verifyWebhook } from '../../../../client/src/index.ts'
import { inTx } from '../../../src/kernel/database/transaction.ts'
import { SERVICE } from '../../../src/journal/entry.ts'
import { pauseEndpoint, rotateSecret } from '../../../src/webhooks/endpoints/change-endpoint.ts'
import type { Endpoint } from '../../../src/webhooks/endpoints/endpoint.ts'
import { createSender } from '../../../src/webhooks/transport/send.ts'
import type { Sender, SendResult } from '../../../src/webhooks/transport/send.ts'
import { databases } from '../../support/databases.ts'
import { startReceiver } from '../../support/receiver.ts'
import type { Answer, Received, Receiver } from '../../support/receiver.ts'
import { developmentRule, productionRule } from '../../support/target-rules.ts'
import { createWebhookApi } from '../webhook-api.ts'
import { createWorld } from '../world.ts'
import type { World } from '../world.ts'

interface Finding {
  name: string
  outcome: string
  message: string
  mend: string | null
  status: number | null
  error: string | null
  duration_ms: number | null
}

describe.each(databases)('the check of a receiver, on $name', (testDatabase) => {
  let world: World
  let receiver: Receiver

  beforeEach(async () => {
    world = await createWorld(testDatabase)
    receiver = await startReceiver(204)
  })
  afterEach(async () => {
    await world.close()
    await receiver.close()
  })

  async function open(sender?: Pick<Sender, 'send'>, targetRule = developmentRule) {
    const own = sender ? undefined : createSender({ targetRule })
    const api = await createWebhookApi(world, sender ?? own)
    onTestFinished(async () => {
      await api.close()
      await own?.close()
    })
    return api
  }

  async function check({ id }: Endpoint, ...how: Parameters<typeof open>) {
    const api = await open(...how)
    const answer = await api.post(`/v1/webhooks/${id}/check`)
    expect(answer.status).toBe(200)
    const { findings, is_right: isRight } = answer.object as {
      findings: Finding[]
      is_right: boolean
    }
    const outcomes = Object.fromEntries(findings.map(({ name, outcome }) => [name, outcome]))
    return { findings, outcomes, isRight, headers: answer.headers }
  }

  const verify = ({ raw, headers }: Received, endpoint: Endpoint) =>
    verifyWebhook({
      body: raw,
      headers,
      secret: endpoint.secrets.at(-1)!.secret,
      now: world.clock.now(),
    })

  /** Does as the documentation says, but for what it is told to do otherwise. */
  function behave(
    endpoint: Endpoint,
    otherwise: { forged?: Answer; again?: Answer; odd?: Answer },
  ) {
    const { forged = 401, again = 204, odd = 204 } = otherwise
    const seen = new Set<string>()
    receiver.answerBy((request) => {
      try {
        verify(request, endpoint)
      } catch {
        return forged
      }
      const { id, event_type: type } = request.body as { id: string; event_type: string }
      if (seen.has(id)) return again
      seen.add(id)
      return type === 'segment-change' ? 204 : odd
    })
  }

  test('finds nothing where the receiver is right, and leaves nothing behind', async () => {
    const endpoint = await world.endpoint(receiver.url)
    behave(endpoint, {})
    const { findings, isRight } = await check(endpoint)
    expect(isRight).toBe(true)
    expect(findings).toMatchObject([
      { name: 'right-signature', outcome: 'passed', status: 204, error: null, mend: null },
      { name: 'wrong-signature', outcome: 'passed', status: 401, mend: null },
      { name: 'repeat', outcome: 'passed', status: 204 },
      { name: 'unknown-type', outcome: 'passed', status: 204 },
      { name: 'speed', outcome: 'passed', status: null, mend: null },
    ])
    const bodies = receiver.received.map(({ body }) => body)
    expect(bodies).toHaveLength(4)
    for (const { id, request_id, test: isTest } of bodies) {
      expect(id).toMatch(/^hook-check-[0-9a-f]{16}$/)
      expect(request_id).toMatch(/^attempt-check-[0-9a-f]{16}$/)
      expect(isTest).toBe(true)
    }
    expect(new Set(bodies.map(({ request_id: id }) => id)).size).toBe(4)
    expect(bodies[2]).toEqual({ ...bodies[0], request_id: bodies[2]!['request_id'] })
    expect(bodies[3]).toMatchObject({ event_type: 'newcomer-check' })
    for (const table of ['events', 'lanes', 'attempts', 'minute_counts']) {
      const { rows } = await sql`select 1 from ${sql.table(table)}`.execute(world.database.db)
      expect(rows, table).toEqual([])
    }
  })

  test('uses as many requests of the limit as it can send', async () => {
    const endpoint = await world.endpoint(receiver.url)
    const { headers } = await check(endpoint)
    const policy = /q=(\d+)/.exec(String(headers['ratelimit-policy']))
    const left = /r=(\d+)/.exec(String(headers['ratelimit']))
    expect(Number(policy?.[1]) - Number(left?.[1])).toBe(5)
  })

  test('finds a receiver that believes everybody', async () => {
    const { findings, outcomes, isRight } = await check(await world.endpoint(receiver.url))
    expect(isRight).toBe(false)
    expect(outcomes).toMatchObject({ 'right-signature': 'passed', 'wrong-signature': 'failed' })
    expect(findings[1]?.mend).toContain('verifyWebhook')
  })

  test('finds one that refuses repeats and types that it does not know', async () => {
    const endpoint = await world.endpoint(receiver.url)
    behave(endpoint, { forged: 400, again: 409, odd: 422 })
    const { findings, outcomes } = await check(endpoint)
    expect(outcomes).toEqual({
      'right-signature': 'passed',
      'wrong-signature': 'warning',
      ...{ repeat: 'failed', 'unknown-type': 'failed', speed: 'passed' },
    })
    expect(findings.filter(({ mend }) => mend === null).map(({ name }) => name)).toEqual([
      'right-signature',
      'speed',
    ])
  })

  test('sends no more than it must to one that refuses what is right', async () => {
    const endpoint = await world.endpoint(receiver.url)
    receiver.answer(401)
    const { outcomes } = await check(endpoint)
    expect(outcomes).toEqual({
      'right-signature': 'failed',
      'wrong-signature': 'passed',
      ...{ repeat: 'skipped', 'unknown-type': 'skipped', speed: 'passed' },
    })
    expect(receiver.received).toHaveLength(2)
  })

  test('sends one request to where nothing answers', async () => {
    const endpoint = await world.endpoint(receiver.url)
    receiver.answer('close')
    const { findings, outcomes } = await check(endpoint)
    expect(findings[0]).toMatchObject({
      outcome: 'failed',
      status: null,
      error: 'reset',
      mend: null,
    })
    expect(Object.values(outcomes).slice(1)).toEqual(['skipped', 'skipped', 'skipped', 'skipped'])
    expect(receiver.received).toHaveLength(1)
  })

  test('sends batches, one of them a large one, to whoever gets batches', async () => {
    const fields = { batch_size: 500, max_batch_bytes: 10_000 }
    const endpoint = await world.endpoint(receiver.url, ['tx-pending'], fields)
    receiver.answerBy((request) => {
      try {
        verify(request, endpoint)
      } catch {
        return 401
      }
      return (request.body['events'] as unknown[]).length === 1 ? 204 : 413
    })
    const { findings, outcomes } = await check(endpoint)
    expect(outcomes).toEqual({
      ...{ 'right-signature': 'passed', 'wrong-signature': 'passed', repeat: 'passed' },
      ...{ 'unknown-type': 'passed', batch: 'failed', speed: 'passed' },
    })
    expect(findings[4]?.message).toMatch(/^It answered 413 to a batch of \d+ events/)
    const bodies = receiver.received.map(({ body }) => body)
    const events = bodies.map((body) => body['events'] as Record<string, unknown>[])
    expect(bodies.every((body) => body['event_type'] === 'batch')).toBe(true)
    expect(events[2]![0]!['id']).toBe(events[0]![0]!['id'])
    expect(events[4]!.length).toBeGreaterThan(1)
    expect(receiver.received[4]!.raw.length).toBeLessThanOrEqual(10_000)
    expect(events[4]![0]).toMatchObject({ event_type: 'tx-pending', test: true })
  })

  test('never goes where webhooks may not go', async () => {
    const endpoint = await world.endpoint(receiver.url)
    const { findings, outcomes } = await check(endpoint, undefined, productionRule)
    expect(findings[0]).toMatchObject({ outcome: 'failed', status: null, error: 'forbidden' })
    expect(outcomes).toMatchObject({ 'wrong-signature': 'skipped', speed: 'skipped' })
    expect(receiver.received).toEqual([])
  })

  test('says what is slow, and begins nothing more once it has taken too long', async () => {
    const endpoint = await world.endpoint(receiver.url)
    const answers = [
      { status: 204, durationMs: 3_001 },
      { status: 401, durationMs: 9_000 },
      { status: 204, durationMs: 9_000 },
    ]
    let sent = 0
    const result = { error: null, retryAfter: null, answer: null }
    const sender = { send: () => Promise.resolve({ ...result, ...answers[sent++] } as SendResult) }
    const { findings, outcomes } = await check(endpoint, sender)
    expect(sent).toBe(3)
    expect(outcomes).toEqual({
      ...{ 'right-signature': 'passed', 'wrong-signature': 'passed', repeat: 'passed' },
      ...{ 'unknown-type': 'skipped', speed: 'warning' },
    })
    expect(findings.at(-1)).toMatchObject({ duration_ms: 9_000 })
    expect(findings.at(-1)?.message).toContain('9000 ms')
  })

  test('signs with both secrets after a rotation, and goes out while the webhook is paused', async () => {
    const endpoint = await world.endpoint(receiver.url)
    const { vault, publisher: organization, clock } = world
    const by = { vault, organization, targetRule: developmentRule, act: SERVICE, now: clock.now() }
    await inTx(world.database.db, async (tx) => {
      await rotateSecret(tx, by, endpoint.id, 24)
      await pauseEndpoint(tx, by, endpoint.id)
    })
    // It still knows the old one alone.
    behave(endpoint, {})
    expect((await check(endpoint)).isRight).toBe(true)
  })

  test('is one at a time for a webhook, and for its organization alone', async () => {
    const endpoint = await world.endpoint(receiver.url)
    const path = `/v1/webhooks/${endpoint.id}/check`
    const held: (() => void)[] = []
    const result: SendResult = {
      ...{ status: 500, error: null, durationMs: 1, retryAfter: null, answer: null },
    }
    const sender = {
      send: () => new Promise<SendResult>((resolve) => held.push(() => resolve(result))),
    }
    const api = await open(sender)
    const first = api.post(path)
    await expect.poll(() => held.length).toBe(1)
    expect(await api.post(path)).toMatchObject({ status: 409, error: { type: 'Conflict' } })
    expect((await api.post(path, await api.keyOf(world.merchant))).status).toBe(404)
    held[0]!()
    await expect.poll(() => held.length).toBe(2)
    held[1]!()
    expect((await first).status).toBe(200)
    // And then it is free again.
    const second = api.post(path)
    await expect.poll(() => held.length).toBe(3)
    for (const index of [2, 3]) {
      await expect.poll(() => held.length).toBeGreaterThan(index)
      held[index]!()
    }
    expect((await second).status).toBe(200)
  })

  test('leaves room for others: three at once for an organization', async () => {
    const held: (() => void)[] = []
    const result: SendResult = {
      ...{ status: 500, error: null, durationMs: 1, retryAfter: null, answer: null },
    }
    const sender = {
      send: () => new Promise<SendResult>((resolve) => held.push(() => resolve(result))),
    }
    const api = await open(sender)
    const endpoints = await Promise.all([1, 2, 3, 4].map(() => world.endpoint(receiver.url)))
    const [fourth, ...three] = endpoints.map(({ id }) => `/v1/webhooks/${id}/check`)
    const running = three.map((path) => api.post(path))
    await expect.poll(() => held.length).toBe(3)
    expect((await api.post(fourth!)).status).toBe(503)
    // One request shows that it refuses what is right; a second, whether it refuses all.
    held.splice(0).forEach((answer) => answer())
    await expect.poll(() => held.length).toBe(3)
    held.splice(0).forEach((answer) => answer())
    for (const each of await Promise.all(running)) expect(each.status).toBe(200)
  })
})
