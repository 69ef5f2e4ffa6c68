import { sql } from 'kysely'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { manualClock } from '../support/clock.ts'
import { databases } from '../support/databases.ts'
import { must, useNetwork } from '../support/network.ts'
import type { Answer } from '../support/network.ts'
import { openBrowser } from './browser.ts'
import type { Browser } from './browser.ts'
import { PASSWORD, codeOf, joinOrganization, signIn } from './people.ts'
import type { SignedIn } from './people.ts'

const MINUTE_MS = 60_000
const ME = '/account/v1/me'
const WRONG = 'nine yellow umbrellas'

describe.each(databases)('signing in on $name', ({ create }) => {
  const clock = manualClock()
  const network = useNetwork(create, { clock, publishers: 1, merchants: 0 })
  let kim: SignedIn

  beforeAll(async () => {
    kim = await joinOrganization(network, network.publishers[0]!, 'kim@rewards.example', {
      preset: 'owner',
    })
  })

  async function enrolTotp({ browser }: SignedIn): Promise<string> {
    await must(browser.account('POST', '/account/v1/step-up', { password: PASSWORD }))
    const { secret } = await must(
      browser.account('POST', '/account/v1/factors/totp', { name: 'Phone' }),
    )
    const code = codeOf(secret, clock)
    await must(browser.account('POST', '/account/v1/factors/totp/confirm', { code }))
    clock.advance(MINUTE_MS)
    return secret
  }

  async function join(email: string): Promise<SignedIn> {
    clock.advance(20 * MINUTE_MS)
    return joinOrganization(network, network.publishers[0]!, email, { preset: 'viewer' })
  }

  const enter = (browser: Browser, challenge: string, code: string): Promise<Answer> =>
    browser.account('POST', '/account/v1/sign-in/totp', { challenge, code })

  test('address in any case, a wrong password and nobody have one answer', async () => {
    const browser = openBrowser(network.url)
    const wrong = await signIn(browser, kim.email, WRONG)
    const nobody = await signIn(browser, 'nobody@rewards.example', WRONG)
    expect(wrong.status).toBe(401)
    expect([nobody.status, nobody.body]).toEqual([wrong.status, wrong.body])
    expect(browser.cookies.size).toBe(0)
    expect((await signIn(browser, ' KIM@Rewards.example')).status).toBe(200)
  })

  test('nobody takes as long as a wrong password: as much is hashed', async () => {
    const verify = vi.spyOn(network.server.parts.passwords, 'verify')
    onTestFinished(() => verify.mockRestore())
    for (const email of [kim.email, 'nobody@rewards.example']) {
      clock.advance(60 * MINUTE_MS)
      expect((await signIn(openBrowser(network.url), email, WRONG)).status).toBe(401)
    }
    expect(verify.mock.calls).toEqual([
      [WRONG, expect.stringMatching(/^\$argon2id\$/)],
      // Compared with the hash of nothing: hash-password.test.ts holds that it takes the same way.
      [WRONG, null],
    ])
    clock.advance(60 * MINUTE_MS)
  })

  test('each sign-in and step-up gives another token, and the one before is good for nothing', async () => {
    const browser = openBrowser(network.url)
    browser.cookies.set('newcomer', 'a-token-that-somebody-has-planted-0000000000'.slice(0, 43))
    await must(signIn(browser, kim.email))
    const seen = [browser.cookies.get('newcomer')!]
    await must(browser.account('POST', '/account/v1/step-up', { password: PASSWORD }))
    seen.push(browser.cookies.get('newcomer')!)
    await must(signIn(browser, kim.email))
    seen.push(browser.cookies.get('newcomer')!)
    expect(new Set(seen).size).toBe(3)
    const statuses: number[] = []
    for (const token of seen) {
      const other = openBrowser(network.url)
      other.cookies.set('newcomer', token)
      statuses.push((await other.account('GET', ME)).status)
    }
    expect(statuses).toEqual([401, 401, 200])
  })

  test('a session ends when it is idle, after twelve hours, and by signing out', async () => {
    const browser = openBrowser(network.url)
    await must(signIn(browser, kim.email))
    clock.advance(29 * MINUTE_MS)
    await must(browser.account('GET', ME))
    clock.advance(29 * MINUTE_MS)
    await must(browser.account('GET', ME))
    clock.advance(31 * MINUTE_MS)
    expect((await browser.account('GET', ME)).status).toBe(401)
    await must(signIn(browser, kim.email))
    for (let minutes = 0; minutes < 12 * 60; minutes += 20) {
      expect((await browser.account('GET', ME)).status).toBe(200)
      clock.advance(20 * MINUTE_MS)
    }
    expect((await browser.account('GET', ME)).status).toBe(401)
    await must(signIn(browser, kim.email))
    const token = browser.cookies.get('newcomer')!
    const left = await browser.account('POST', '/account/v1/sign-out', {})
    // What the browser keeps of the pages goes with it.
    expect([left.status, left.headers.get('clear-site-data')]).toEqual([200, '"cache", "storage"'])
    expect(browser.cookies.has('newcomer')).toBe(false)
    browser.cookies.set('newcomer', token)
    expect((await browser.account('GET', ME)).status).toBe(401)
  })

  test('a one-time code is good once, within a step, and a challenge for five tries', async () => {
    const lee = await join('lee@rewards.example')
    const secret = await enrolTotp(lee)
    const step = await must(signIn(lee.browser, lee.email))
    expect(step.next).toBe('totp')
    const code = codeOf(secret, clock)
    await must(enter(lee.browser, step.challenge, code))
    const replayed = await must(signIn(lee.browser, lee.email))
    expect((await enter(lee.browser, replayed.challenge, code)).status).toBe(401)
    clock.advance(MINUTE_MS)
    // The step before counts, the one before that does not.
    const late = codeOf(secret, { now: () => new Date(clock.now().getTime() - MINUTE_MS / 2) })
    const stale = codeOf(secret, { now: () => new Date(clock.now().getTime() - MINUTE_MS) })
    expect((await enter(lee.browser, replayed.challenge, stale)).status).toBe(401)
    await must(enter(lee.browser, replayed.challenge, late))
    const tried = await must(signIn(lee.browser, lee.email))
    for (let tries = 0; tries < 5; tries++) {
      expect((await enter(lee.browser, tried.challenge, '000000')).status).toBe(401)
      clock.advance(MINUTE_MS)
    }
    const right = await enter(lee.browser, tried.challenge, codeOf(secret, clock))
    expect(right.status).toBe(401)
    clock.advance(20 * MINUTE_MS)
  })

  test('of many who bring one code at once, one is let in', async () => {
    const max = await join('max@rewards.example')
    const secret = await enrolTotp(max)
    const { codes } = await must(max.browser.account('POST', '/account/v1/recovery-codes', {}))
    expect(codes).toHaveLength(10)
    const race = async (path: string, code: string): Promise<number> => {
      const browsers = Array.from({ length: 4 }, () => openBrowser(network.url))
      const challenges: string[] = []
      for (const browser of browsers) {
        browser.cookies.set('newcomer-device', max.browser.cookies.get('newcomer-device')!)
        challenges.push((await must(signIn(browser, max.email))).challenge)
      }
      const answers = await Promise.all(
        browsers.map((browser, at) =>
          browser.account('POST', path, { challenge: challenges[at], code }),
        ),
      )
      return answers.filter(({ status }) => status === 200).length
    }
    expect(await race('/account/v1/sign-in/recovery-code', codes[0].toUpperCase())).toBe(1)
    expect(await race('/account/v1/sign-in/totp', codeOf(secret, clock))).toBe(1)
    expect((await must(max.browser.account('GET', ME))).recovery_codes).toBe(9)
  })

  test("strangers' guesses hold up strangers, and not the owner's browser", async () => {
    const ann = await join('ann@rewards.example')
    const stranger = openBrowser(network.url)
    const statuses: number[] = []
    for (let guess = 0; guess < 6; guess++) {
      statuses.push((await signIn(stranger, ann.email, WRONG)).status)
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
    // Also with the right password: an answer between refusals would tell.
    const held = await signIn(stranger, ann.email)
    expect([held.status, held.body.error.details.seconds]).toEqual([429, 1])
    await must(signIn(ann.browser, ann.email))
    clock.advance(2_000)
    await must(signIn(stranger, ann.email))
  })

  test('a reset ends all sessions, asks for the second factor as ever, and is for once', async () => {
    const eva = await join('eva@rewards.example')
    const secret = await enrolTotp(eva)
    const link = () =>
      must(network.operator.call('POST', `/operator/v1/people/${eva.id}/reset-link`, {}))
    const token = (await link()).link.split('#')[1]
    const other = (await link()).link.split('#')[1]
    const browser = openBrowser(network.url)
    const reset = (its: string, password: string): Promise<Answer> =>
      browser.account('POST', '/account/v1/password-resets/complete', { token: its, password })
    expect((await reset(token, 'eva@rewards.example')).status).toBe(400)
    const both = await Promise.all([reset(token, WRONG), reset(token, WRONG)])
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 404])
    expect((await reset(other, PASSWORD)).status).toBe(404)
    expect((await eva.browser.account('GET', ME)).status).toBe(401)
    expect((await browser.account('GET', ME)).status).toBe(401)
    const step = await must(signIn(browser, eva.email, WRONG))
    expect(step.next).toBe('totp')
    await must(enter(browser, step.challenge, codeOf(secret, clock)))
  })

  test('a reset is asked for with one answer, whoever is there', async () => {
    const ask = (email: string) =>
      kim.browser.account('POST', '/account/v1/password-resets', { email })
    const [known, nobody] = [await ask(kim.email), await ask('nobody@rewards.example')]
    expect([known.status, known.body]).toEqual([200, nobody.body])
  })

  test('a copy of the database opens nothing', async () => {
    const browser = openBrowser(network.url)
    await must(signIn(browser, kim.email))
    const { rows } = await sql<{ hash: Buffer; row: string }>`
      select hash, sessions::text as row from sessions`.execute(network.db)
    expect(rows.length).toBeGreaterThan(0)
    const token = browser.cookies.get('newcomer')!
    for (const { hash, row } of rows) {
      expect(row).not.toContain(token)
      const thief = openBrowser(network.url)
      thief.cookies.set('newcomer', Buffer.from(hash).toString('base64url'))
      expect((await thief.account('GET', ME)).status).toBe(401)
    }
    const { rows: people } = await sql<{ row: string }>`
      select people::text as row from people`.execute(network.db)
    expect(people.length).toBeGreaterThan(0)
    for (const { row } of people) expect(row).not.toMatch(/argon2id|rewards\.example/)
  })
})
