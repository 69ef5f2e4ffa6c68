import { beforeAll, describe, expect, test } from 'vitest'
import { manualClock } from '../support/clock.ts'
import { databases } from '../support/databases.ts'
import { must, useNetwork } from '../support/network.ts'
import { openBrowser } from './browser.ts'
import type { Browser } from './browser.ts'
import { joinOrganization, signIn } from './people.ts'
import type { SignedIn } from './people.ts'
import { createPasskey } from './virtual-passkey.ts'
import type { SignChanges, VirtualPasskey } from './virtual-passkey.ts'

const MINUTE_MS = 60_000
const PRESENT_ONLY = 0x01

describe.each(databases)('passkeys on $name', ({ create }) => {
  const clock = manualClock()
  const network = useNetwork(create, { clock, publishers: 1, merchants: 0 })
  let kim: SignedIn
  let passkey: VirtualPasskey

  beforeAll(async () => {
    kim = await joinOrganization(network, network.publishers[0]!, 'kim@rewards.example', {
      preset: 'owner',
    })
    passkey = createPasskey(network.url)
    await must(add(kim.browser, passkey))
  })

  async function add(browser: Browser, its: VirtualPasskey, changes: SignChanges = {}) {
    const { challenge, options } = await must(
      browser.account('POST', '/account/v1/factors/passkeys/options', {}),
    )
    const body = { name: 'Laptop', challenge, response: its.create(options, changes) }
    return browser.account('POST', '/account/v1/factors/passkeys/verify', body)
  }

  async function askFor(browser: Browser, changes: SignChanges = {}) {
    const { challenge, options } = await must(
      browser.account('POST', '/account/v1/passkey/options', {}),
    )
    return { challenge, response: passkey.sign(options, changes) }
  }

  test('one signs in by itself, and the password alone no longer does', async () => {
    const browser = openBrowser(network.url)
    const step = await must(signIn(browser, kim.email))
    expect(step).toEqual({ next: 'passkey', challenge: null })
    expect(browser.cookies.has('newcomer')).toBe(false)
    const body = await askFor(browser)
    const done = await must(browser.account('POST', '/account/v1/passkey/verify', body))
    expect(done.next).toBe('done')
    const me = await must(browser.account('GET', '/account/v1/me'))
    expect(me.factors).toMatchObject([{ kind: 'passkey', name: 'Laptop' }])
    clock.advance(11 * MINUTE_MS)
    const codes = () => browser.account('POST', '/account/v1/factors/totp', { name: 'Phone' })
    expect((await codes()).status).toBe(403)
    await must(browser.account('POST', '/account/v1/step-up', { passkey: await askFor(browser) }))
    expect((await codes()).status).toBe(200)
  })

  test('an answer is good once, in time, from this origin, and of somebody who is there', async () => {
    const enter = async (changes: SignChanges, afterMs = 0): Promise<number> => {
      const browser = openBrowser(network.url)
      const body = await askFor(browser, changes)
      clock.advance(afterMs)
      const first = await browser.account('POST', '/account/v1/passkey/verify', body)
      if (first.status !== 200) return first.status
      return (await browser.account('POST', '/account/v1/passkey/verify', body)).status
    }
    expect(await enter({})).toBe(401)
    expect(await enter({ origin: 'https://evil.example' })).toBe(401)
    expect(await enter({ flags: PRESENT_ONLY })).toBe(401)
    expect(await enter({ counter: 1 })).toBe(401)
    expect(await enter({}, 5 * MINUTE_MS)).toBe(401)
  })

  test('one that was made elsewhere, or is in use, is refused', async () => {
    const lee = await joinOrganization(network, network.publishers[0]!, 'lee@rewards.example', {
      preset: 'viewer',
    })
    const mine = createPasskey(network.url, 'of lee')
    expect((await add(lee.browser, mine, { origin: 'https://evil.example' })).status).toBe(400)
    expect((await add(lee.browser, mine, { flags: PRESENT_ONLY })).status).toBe(400)
    expect((await add(lee.browser, passkey)).status).toBe(409)
    // A challenge that somebody else was given.
    const { challenge, options } = await must(
      kim.browser
        .account('POST', '/account/v1/step-up', { password: 'seven green bicycles' })
        .then(() => kim.browser.account('POST', '/account/v1/factors/passkeys/options', {})),
    )
    const body = { name: 'Laptop', challenge, response: mine.create(options) }
    const path = '/account/v1/factors/passkeys/verify'
    expect((await lee.browser.account('POST', path, body)).status).toBe(400)
    expect((await add(lee.browser, mine)).status).toBe(200)
  })
})
