import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createGuessThrottle, networkOf } from '../../src/http/guess-throttle.ts'
import { manualClock } from '../support/clock.ts'
import type { ManualClock } from '../support/clock.ts'
import { pglite } from '../support/databases.ts'
import { startFreshNetwork } from '../support/network.ts'
import type { Network } from '../support/network.ts'

describe('guesses at keys', () => {
  let network: Network
  let clock: ManualClock

  beforeEach(async () => {
    clock = manualClock()
    const options = { clock, publishers: 1, merchants: 0, trustProxy: ['127.0.0.1'] }
    network = await startFreshNetwork(pglite.create, options)
  }, 120_000)
  afterEach(() => network.stop())

  async function ask(path: string, key: string, address: string): Promise<Response> {
    const headers = { authorization: `Basic ${btoa(`${key}:`)}`, 'x-forwarded-for': address }
    const answer = await fetch(network.url + path, { headers })
    await answer.arrayBuffer()
    return answer
  }
  const statusOf = async (...call: Parameters<typeof ask>) => (await ask(...call)).status

  test.each([
    ["the operator's", '/operator/v1/organizations', () => network.operator.key],
    ["an organization's", '/v1/merchants', () => network.publishers[0]!.key],
  ])('%s is not found by guessing', { timeout: 60_000 }, async (_whose, path, rightKey) => {
    const guesser = '198.51.100.7'
    const statuses: number[] = []
    for (let guess = 0; guess < 100; guess++) {
      // The right one comes in between, as in a dictionary.
      const key = guess % 10 === 9 && guess > 40 ? rightKey() : `guess-number-${guess}`
      statuses.push(await statusOf(path, key, guesser))
    }
    expect(statuses.filter((status) => status === 200)).toEqual([])
    expect(statuses.filter((status) => status === 401)).toHaveLength(20)
    const refused = await ask(path, rightKey(), guesser)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    expect(await statusOf(path, rightKey(), '198.51.100.8'), 'from elsewhere').toBe(200)
    expect(await statusOf('/healthz', rightKey(), guesser)).toBe(200)

    clock.advance(1_000)
    expect(await statusOf(path, 'another-guess', guesser)).toBe(401)
    clock.advance(1_999)
    expect(await statusOf(path, rightKey(), guesser), 'twice as long').toBe(429)
    clock.advance(1)
    expect(await statusOf(path, rightKey(), guesser)).toBe(200)
  })

  test('a header that nobody trusted added does not choose the address', async () => {
    for (let guess = 0; guess < 30; guess++) {
      await statusOf('/v1/merchants', `guess-${guess}`, `203.0.113.${guess}, 198.51.100.7`)
    }
    const key = network.publishers[0]!.key
    expect(await statusOf('/v1/merchants', key, '203.0.113.99, 198.51.100.7')).toBe(429)
    expect(await statusOf('/v1/merchants', key, '203.0.113.1')).toBe(200)
  })

  test('a program that goes on with one wrong key makes nobody beside it wait', async () => {
    for (let call = 0; call < 60; call++) {
      expect(await statusOf('/v1/merchants', 'sk-revoked-long-ago', '192.0.2.1')).toBe(401)
    }
    expect(await statusOf('/v1/merchants', network.publishers[0]!.key, '192.0.2.1')).toBe(200)
  })
})

test('the delay grows to a quarter of an hour, and is forgotten after an hour without', () => {
  const clock = manualClock()
  const throttle = createGuessThrottle(clock)
  const secondsOf = (): number => {
    try {
      throttle.check('192.0.2.1')
      return 0
    } catch (error) {
      return (error as { details: { seconds: number } }).details.seconds
    }
  }
  const delays: number[] = []
  for (let guess = 0; guess < 35; guess++) {
    throttle.count('192.0.2.1', String(guess))
    delays.push(secondsOf())
    clock.advance(secondsOf() * 1000)
  }
  expect(delays.slice(0, 19).every((delay) => delay === 0)).toBe(true)
  expect(delays.slice(19, 30)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900])
  expect(delays.at(-1)).toBe(900)
  clock.advance(3_600_000)
  throttle.count('192.0.2.1', 'again')
  expect(secondsOf()).toBe(0)
})

test('what is remembered is bounded: the address whose last guess is oldest goes', () => {
  const throttle = createGuessThrottle(manualClock())
  const guess = (address: string): void => {
    for (let count = 0; count < 21; count++) throttle.count(address, String(count))
  }
  guess('192.0.2.1')
  expect(() => throttle.check('192.0.2.1')).toThrow('Too many keys')
  for (let index = 0; index < 100_000; index++) {
    throttle.count(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, 'x')
  }
  expect(() => throttle.check('192.0.2.1')).not.toThrow()
})

test('an address of IPv6 counts with those beside it', () => {
  expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe(networkOf('2001:db8:1:2::9'))
  expect(networkOf('2001:db8:1:2::9')).not.toBe(networkOf('2001:db8:1:3::9'))
  expect(networkOf('::1')).toBe('0:0:0:0')
  expect(networkOf('::ffff:192.0.2.1')).toBe('192.0.2.1')
  expect(networkOf('x'.repeat(10_000))).toBe('unknown')
})
