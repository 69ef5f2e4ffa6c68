import { randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { blobRow } from '../../../src/webhooks/endpoints/change-endpoint.ts'
import type { EndpointSettings } from '../../../src/webhooks/endpoints/endpoint.ts'
import { checkUrl } from '../../../src/webhooks/endpoints/endpoint-url.ts'
import type { TargetRule } from '../../../src/webhooks/transport/target-rule.ts'
import { createVault } from '../../../src/kernel/vault.ts'
import { createSender } from '../../../src/webhooks/transport/send.ts'
import type { SendResult } from '../../../src/webhooks/transport/send.ts'
import { createTargetCache } from '../../../src/webhooks/dispatch/target.ts'
import { startListener } from '../../support/listener.ts'
import type { Listener } from '../../support/listener.ts'
import { developmentRule, productionRule } from '../../support/target-rules.ts'
import { spellings } from './spellings.ts'
import type { Spelling } from './spellings.ts'

const COUNT = 10_000
const SEED = 5

let listener: Listener
beforeAll(async () => {
  listener = await startListener()
})
afterAll(() => listener.close())

/** What the API says to this URL; undefined when it takes it. */
function refusalOf(url: string, rule: TargetRule): string | undefined {
  try {
    checkUrl(url, rule)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** Attempts as the dispatcher makes them, to a URL that was stored before there was a rule. */
function createAttempts(targetRule: TargetRule) {
  const vault = createVault(randomBytes(32))
  const targetOf = createTargetCache(vault)
  let resolved = ''
  const resolveName = () => Promise.resolve([{ address: resolved, family: isIP(resolved) }])
  const sender = createSender({ targetRule, resolveName })
  let number = 0
  async function attempt({ url, address }: Spelling): Promise<SendResult | undefined> {
    const settings: EndpointSettings = {
      url,
      description: null,
      alert_email: null,
      max_batch_bytes: 100_000,
      secrets: [{ secret: `whsec_${randomBytes(24).toString('base64')}`, expires_at: null }],
    }
    const id = `endpoint-${++number}`
    const blob = vault.encrypt(blobRow(id), settings)
    const target = targetOf({ number, id, blob, batch_size: 1, paused_at: null })
    if (!target) return undefined
    resolved = address
    const { origin, path } = target
    return sender.send({ origin, path, headers: {}, body: Buffer.from('{}') })
  }
  return { attempt, close: () => sender.close() }
}

test('what was stored under another rule is checked at every attempt', async () => {
  const address = '93.184.215.14' // public; but no test connects to it
  const production = createAttempts(productionRule)
  for (const url of [
    'http://receiver.example/',
    'https://receiver.example:8443/',
    'http://receiver.example:443/',
    'ftp://receiver.example/',
  ]) {
    expect(await production.attempt({ url, address }), url).toMatchObject({ error: 'forbidden' })
  }
  const development = createAttempts(developmentRule)
  for (const user of ['user', 'user:password', ':password']) {
    const sample = { url: `http://${user}@127.0.0.1:${listener.port}/`, address }
    expect(await development.attempt(sample), user).toMatchObject({ error: 'forbidden' })
  }
  await production.close()
  await development.close()
  expect(listener.connections()).toBe(0)
})

test(`of ${COUNT} spellings of forbidden addresses none leads anywhere`, async () => {
  const samples = fc.sample(spellings(listener.port), { seed: SEED, numRuns: COUNT })
  expect(new Set(samples.map(({ url }) => url)).size).toBeGreaterThan(5_000)
  // All else is allowed, so that nothing but the address is there to refuse.
  const lax: TargetRule = { ...productionRule, isDevelopment: true }
  const attempts = createAttempts(lax)
  const counts = { refused: 0, refusedForAddress: 0, taken: 0, forbidden: 0, unreadable: 0 }
  for (const sample of samples) {
    const refusal = refusalOf(sample.url, lax)
    const result = await attempts.attempt(sample)
    counts[refusal === undefined ? 'taken' : 'refused']++
    if (refusal?.includes('public address')) counts.refusedForAddress++
    counts[result ? 'forbidden' : 'unreadable']++
    // Refused when it is made, or no URL at all; and whatever was stored, its attempt is.
    if (result) expect(result, sample.url).toMatchObject({ status: null, error: 'forbidden' })
    else expect(refusal, sample.url).toBeDefined()
    expect(refusalOf(sample.url, productionRule) ?? 'taken', sample.url).not.toContain(sample.url)
  }
  await attempts.close()
  expect(listener.connections()).toBe(0)
  // The samples are as hard as they are meant to be: most are URLs to every reader.
  expect(counts.forbidden).toBeGreaterThan(COUNT / 2)
  expect(counts.refusedForAddress).toBeGreaterThan(COUNT / 10)
  expect(counts.taken).toBeGreaterThan(COUNT / 50)
})
