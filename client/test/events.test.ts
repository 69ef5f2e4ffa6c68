import { expect, test } from 'vitest'
import { createClient, signStandard, verifyWebhook } from '../src/index.ts'
import type { FollowOptions } from '../src/index.ts'
import { failure, hangUp, many, one, silence, startServer } from './stub-server.ts'
import type { Answer } from './stub-server.ts'

const apiKey = 'sk-0123456789abcdef'
const event = { id: 'hook-0123456789abcdef', request_id: 'attempt-1', event_type: 'tx-pending' }
const page = (cursor: string, ...events: object[]) =>
  many(events, `https://elsewhere.example/v1/events?wait_seconds=25&cursor=${cursor}`)

async function connect(...answers: Answer[]) {
  const server = await startServer(...answers)
  const waits: number[] = []
  const sleep = async (ms: number) => void waits.push(ms)
  const { events } = createClient({ apiKey, baseUrl: server.url, sleep, retries: 0 })
  return { events, waits, asked: () => server.received.map(({ url }) => url) }
}

test('a page has its events, and where the next one begins', async () => {
  const { events, asked } = await connect(page('a'), page('b', event))
  expect(await events.list()).toEqual({ events: [], cursor: 'a' })
  const query = { cursor: 'a', waitSeconds: 5, eventType: 'tx-pending' as const }
  expect(await events.list(query)).toEqual({ events: [event], cursor: 'b' })
  expect(asked()).toEqual([
    '/v1/events',
    '/v1/events?cursor=a&wait_seconds=5&event_type=tx-pending',
  ])
})

test('an answer that does not say where to go on is none', async () => {
  const { events } = await connect(many([]), one({}))
  await expect(events.list()).rejects.toMatchObject({ type: 'UnexpectedAnswer' })
})

/** Follows for so many pages. */
async function follow(
  { events }: Awaited<ReturnType<typeof connect>>,
  count: number,
  options?: FollowOptions,
) {
  const cursors: string[] = []
  for await (const { cursor } of events.follow(options)) {
    cursors.push(cursor)
    if (cursors.length === count) break
  }
  return cursors
}

test('following goes on from its place through lost connections and restarts', async () => {
  const busy = failure(503, 'Unavailable', 'The database is out of reach')
  const answers = [page('a'), hangUp, busy, page('b', event), hangUp, page('c')]
  const connected = await connect(...answers)
  const lost: number[] = []
  const onLost = ({ error }: { error: { status: number } }) => void lost.push(error.status)
  expect(await follow(connected, 3, { onLost })).toEqual(['a', 'b', 'c'])
  expect(lost).toEqual([0, 503, 0])
  expect(connected.waits).toHaveLength(3)
  const waiting = (cursor: string) => `/v1/events?cursor=${cursor}&wait_seconds=25`
  const from = ['a', 'a', 'a', 'b', 'b'].map(waiting)
  expect(connected.asked()).toEqual(['/v1/events?wait_seconds=0', ...from])
})

test('it begins at a cursor, and ends at what is no passing failure', async () => {
  const refusal = failure(400, 'InvalidField', 'cursor is not one that this API gave out')
  const connected = await connect(refusal)
  await expect(follow(connected, 1, { cursor: 'x' })).rejects.toMatchObject({ status: 400 })
  expect(connected.asked()).toEqual(['/v1/events?cursor=x&wait_seconds=25'])
})

test('it gives up at once when it is told to, also while it waits', async () => {
  const connected = await connect(page('a'), silence)
  const giveUp = new AbortController()
  const following = follow(connected, 2, { signal: giveUp.signal })
  await expect.poll(() => connected.asked().length).toBe(2)
  giveUp.abort(new Error('enough'))
  await expect(following).rejects.toThrow('enough')
})

test('a batch is verified as a whole', () => {
  const secret = `whsec_${Buffer.from('0123456789abcdef01234567').toString('base64')}`
  const batch = { id: 'batch-1', request_id: 'attempt-1', event_type: 'batch', events: [event] }
  const body = JSON.stringify(batch)
  const timestamp = 1_490_646_544
  const signature = signStandard({ id: batch.id, timestamp, body, secret })
  const headers = {
    'webhook-id': batch.id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signature,
  }
  const verified = verifyWebhook({ body, headers, secret, now: new Date(timestamp * 1000) })
  if (verified.event_type !== 'batch') throw new Error('It is no batch')
  expect(verified.events.map(({ id }) => id)).toEqual([event.id])
})
