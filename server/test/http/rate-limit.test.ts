import { afterEach, beforeEach, expect, test } from 'vitest'
import { joinOrganization } from '../members/people.ts'
import { manualClock } from '../support/clock.ts'
import type { ManualClock } from '../support/clock.ts'
import { pglite } from '../support/databases.ts'
import type { FreshDatabase } from '../support/databases.ts'
import { must, startNetwork } from '../support/network.ts'
import type { Member, Network } from '../support/network.ts'

let fresh: FreshDatabase
let network: Network
let clock: ManualClock

beforeEach(async () => {
  fresh = await pglite.create()
  clock = manualClock('2025-03-04T10:00:15.000Z')
  network = await startNetwork({ database: fresh.database, clock, publishers: 2, merchants: 1 })
})

afterEach(async () => {
  await network.stop()
  await fresh.drop()
})

async function limitTo(perMinute: number, { organization }: Member): Promise<void> {
  const path = `/operator/v1/organizations/${organization.id}`
  await must(network.operator.call('PATCH', path, { requests_per_minute: perMinute }))
}

function get(path: string, key?: string): Promise<Response> {
  const headers = key === undefined ? {} : { authorization: `Basic ${btoa(`${key}:`)}` }
  return fetch(network.url + path, { headers })
}

const allowance = ({ headers }: Response) => ({
  remaining: headers.get('x-button-limit-remaining'),
  reset: headers.get('x-button-limit-reset-seconds'),
  policy: headers.get('ratelimit-policy'),
  current: headers.get('ratelimit'),
  retryAfter: headers.get('retry-after'),
})

test('an organization has so many requests a minute, and is told how many are left', async () => {
  const [first, second] = network.publishers as [Member, Member]
  await limitTo(2, first)
  const answers = [1, 2, 3].map(() => () => get('/v1/merchants', first.key))
  const [a, b, c] = [await answers[0]!(), await answers[1]!(), await answers[2]!()]
  const policy = '"minute";q=2;w=60'
  const left = (count: number) => ({ policy, reset: '45', remaining: String(count) })
  expect(allowance(a)).toEqual({ ...left(1), current: '"minute";r=1;t=45', retryAfter: null })
  expect(allowance(b)).toEqual({ ...left(0), current: '"minute";r=0;t=45', retryAfter: null })
  expect(allowance(c)).toEqual({ ...left(0), current: '"minute";r=0;t=45', retryAfter: '45' })
  expect([a.status, b.status, c.status]).toEqual([200, 200, 429])
  expect(await c.json()).toMatchObject({
    meta: { status: 'error' },
    error: { type: 'TooManyRequests' },
  })
  expect((await get('/v1/merchants', second.key)).status, 'another organization').toBe(200)

  clock.advance(44_999)
  expect((await get('/v1/merchants', first.key)).status).toBe(429)
  clock.advance(1)
  expect((await get('/v1/merchants', first.key)).status, 'in the next minute').toBe(200)
})

test('a batch counts as its rows; what it overdraws is owed in the minutes after', async () => {
  const [first, second] = network.publishers as [Member, Member]
  await limitTo(10, first)
  const batch = (size: number) => {
    const customers = Array.from({ length: size }, (_, index) => ({ id: `row-${index}` }))
    return fetch(`${network.url}/v1/customers/batch`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`${first.key}:`)}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ customers }),
    })
  }
  const small = await batch(4)
  expect([small.status, allowance(small).remaining]).toEqual([200, '6'])
  const large = await batch(25)
  expect([large.status, allowance(large).remaining]).toEqual([200, '0'])
  for (let minute = 0; minute < 2; minute++) {
    expect((await get('/v1/merchants', first.key)).status, `minute ${minute}`).toBe(429)
    expect((await get('/v1/merchants', second.key)).status, 'another').toBe(200)
    clock.advance(60_000)
  }
  const after = await get('/v1/merchants', first.key)
  expect([after.status, allowance(after).remaining], 'of 29 rows 9 are owed').toEqual([200, '0'])
})

test('ten open dashboards use none of the organization’s own, and a person has a limit too', async () => {
  const [first] = network.publishers as [Member]
  const { id } = first.organization
  const people = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      joinOrganization(network, first, `look-${index}@rewards.example`, { preset: 'owner' }),
    ),
  )
  clock.advance(60_000)
  await limitTo(3, first)
  const looks = people.flatMap(({ browser }) =>
    ['/v1/merchants', '/v1/webhooks', '/v1/keys'].map((path) =>
      browser.organization(id, 'GET', path),
    ),
  )
  expect((await Promise.all(looks)).map(({ status }) => status)).toEqual(Array(30).fill(200))
  expect(allowance(await get('/v1/merchants', first.key)).remaining, 'of 3').toBe('2')

  const [one, other] = people.map(({ browser }) => browser)
  const customers = Array.from({ length: 1_000 }, (_, index) => ({ id: `row-${index}` }))
  for (let batch = 0; batch < 6; batch++) {
    await must(one!.organization(id, 'POST', '/v1/customers/batch', { customers }))
  }
  const answer = await one!.organization(id, 'GET', '/v1/merchants')
  expect([answer.status, answer.body.error.type]).toEqual([429, 'TooManyRequests'])
  expect((await one!.account('GET', '/account/v1/me')).status, 'in whatever they do').toBe(429)
  expect((await other!.organization(id, 'GET', '/v1/merchants')).status, 'another').toBe(200)
  expect((await get('/v1/merchants', first.key)).status, 'a program').toBe(200)
})

test('tabs that watch events leave a program its places, and have their own', async () => {
  const [first] = network.publishers as [Member]
  const { id } = first.organization
  const [one, other] = await Promise.all(
    ['one', 'other'].map((name) =>
      joinOrganization(network, first, `${name}@rewards.example`, { preset: 'owner' }),
    ),
  )
  const events = '/v1/events?wait_seconds=25'
  const waiting = Array.from({ length: 5 }, () => one!.browser.organization(id, 'GET', events))
  const short = '/v1/events?wait_seconds=1'
  const statusOf = async (ask: Promise<{ status: number }>) => (await ask).status
  await expect
    .poll(() => statusOf(one!.browser.organization(id, 'GET', short)), { timeout: 10_000 })
    .toBe(429)
  expect(await statusOf(other!.browser.organization(id, 'GET', short)), 'another person').toBe(200)
  expect(await statusOf(get(short, first.key)), 'a program').toBe(200)
  await network.stop()
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(5).fill(200))
})

test('0 is no limit', async () => {
  const [first] = network.publishers as [Member]
  await limitTo(0, first)
  const answer = await get('/v1/merchants', first.key)
  expect(Number(allowance(answer).remaining)).toBeGreaterThan(1_000_000)
  expect(allowance(answer).policy).toBeNull()
})

test('who shows no key is counted by address, but health is always answered', async () => {
  const strangers = Array.from({ length: 60 }, () => ask100())
  expect((await Promise.all(strangers)).flat().filter((status) => status === 401)).toHaveLength(
    6000,
  )
  expect((await get('/v1/merchants')).status).toBe(429)
  expect((await get('/nothing')).status).toBe(429)
  expect((await get('/healthz')).status).toBe(200)
  const [first] = network.publishers as [Member]
  expect((await get('/v1/merchants', first.key)).status, 'with a key').toBe(200)
})

async function ask100(): Promise<number[]> {
  const statuses: number[] = []
  for (let index = 0; index < 100; index++) {
    const answer = await get('/v1/merchants')
    await answer.arrayBuffer()
    statuses.push(answer.status)
  }
  return statuses
}
