import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { manualClock } from '../support/clock.ts'
import { databases } from '../support/databases.ts'
import { must, startFreshNetwork } from '../support/network.ts'
import type { Answer, Network } from '../support/network.ts'
import { openBrowser } from './browser.ts'
import type { Browser } from './browser.ts'
import { PASSWORD, codeOf, joinOrganization } from './people.ts'
import type { SignedIn } from './people.ts'
import { CLIENT, startTinyProvider } from './tiny-provider.ts'
import type { TinyProvider } from './tiny-provider.ts'

const HOUR_MS = 3_600_000
const OIDC = '/account/v1/oidc'

describe.each(databases)('signing in with a provider on $name', ({ create }) => {
  const clock = manualClock()
  let provider: TinyProvider
  let network: Network
  let kim: SignedIn

  beforeAll(async () => {
    provider = await startTinyProvider()
    const { issuer } = provider
    network = await startFreshNetwork(create, {
      ...{ clock, publishers: 1, merchants: 0 },
      config: { provider: { issuer, ...CLIENT, name: 'The company' } },
    })
    kim = await join('kim@rewards.example')
  })
  afterAll(async () => {
    await network.stop()
    await provider.stop()
  })
  beforeEach(() => {
    // What was refused before holds nobody up.
    clock.advance(HOUR_MS)
    provider.claims = { sub: 'kim-1', email: 'Kim@Rewards.example', email_verified: true }
    provider.forged = {}
    provider.isFalse = false
  })

  const join = (email: string) =>
    joinOrganization(network, network.publishers[0]!, email, { preset: 'viewer' })

  async function begin(browser: Browser): Promise<{ code: string; state: string }> {
    const { url } = await must(browser.account('POST', `${OIDC}/start`, {}))
    const back = await provider.agree(url)
    expect(back.href.split('?')[0]).toBe(`${network.url}/dashboard/sign-in/provider`)
    return { code: back.searchParams.get('code')!, state: back.searchParams.get('state')! }
  }
  const finish = (browser: Browser, body: object): Promise<Answer> =>
    browser.account('POST', `${OIDC}/finish`, body)
  const signIn = async (browser = openBrowser(network.url)): Promise<Answer> =>
    finish(browser, await begin(browser))

  test('whoever the provider names by a verified address is in', async () => {
    const browser = openBrowser(network.url)
    expect(await must(browser.account('GET', OIDC))).toEqual({ name: 'The company' })
    expect((await signIn(browser)).body.object).toEqual({ next: 'done', challenge: null })
    expect(await must(browser.account('GET', '/account/v1/me'))).toMatchObject({ id: kim.id })
    const path = `/v1/audit-log?object=${kim.id}`
    const [latest] = await must(network.publishers[0]!.call('GET', path))
    expect(latest).toMatchObject({ action: 'person.sign-in', after: { by: 'provider' } })
  })

  test('a code or a state of another browser, or one that was used, opens nothing', async () => {
    const [mine, theirs] = [openBrowser(network.url), openBrowser(network.url)]
    const [own, other] = [await begin(mine), await begin(theirs)]
    expect((await finish(mine, other)).status).toBe(401)
    expect((await finish(theirs, { ...other, state: own.state })).status).toBe(401)
    const browser = openBrowser(network.url)
    const good = await begin(browser)
    expect((await finish(openBrowser(network.url), good)).status, 'without the cookie').toBe(401)
    expect((await finish(browser, good)).status).toBe(200)
    expect((await finish(browser, good)).status).toBe(401)
  })

  test.each([
    ['of another issuer', { iss: 'https://other.example' }],
    ['for another client', { aud: 'another' }],
    ['that has expired', { exp: 1_700_000_000 }],
    ['for another sign-in', { nonce: 'another' }],
    ['of an address that is not verified', { email_verified: false }],
    ['of an address without a word about it', { email_verified: undefined }],
    ['without an address', { email: undefined }],
    ['of nobody here', { email: 'nobody@rewards.example' }],
    ['of no address', { email: 'kim@rewards.example\nbcc: x' }],
  ])('a token %s is refused', async (_what, forged) => {
    provider.forged = forged
    const browser = openBrowser(network.url)
    expect((await signIn(browser)).body).toMatchObject({ error: { type: 'SignInFailed' } })
    expect((await browser.account('GET', '/account/v1/me')).status).toBe(401)
  })

  test('a token signed by a key that is not published is refused', async () => {
    provider.isFalse = true
    expect((await signIn()).status).toBe(401)
  })

  test('an address that the provider gives to somebody else opens nothing', async () => {
    expect((await signIn()).status).toBe(200)
    provider.claims = { ...provider.claims, sub: 'somebody-else' }
    expect((await signIn()).status).toBe(401)
    const path = `/v1/audit-log?object=${kim.id}`
    await vi.waitFor(async () => {
      const [latest] = await must(network.publishers[0]!.call('GET', path))
      expect(latest).toMatchObject({ outcome: 'refused', after: { by: 'provider' } })
    })
    const lee = await join('lee@rewards.example')
    provider.claims = { ...provider.claims, sub: 'kim-1', email: lee.email }
    expect((await signIn()).status, 'one subject is one person').toBe(401)
  })

  test('it stands in for the password, and for the second factor where the provider says so', async () => {
    const mia = await join('mia@rewards.example')
    const { account } = mia.browser
    await must(account('POST', '/account/v1/step-up', { password: PASSWORD }))
    const totp = await must(account('POST', '/account/v1/factors/totp', { name: 'Phone' }))
    const code = codeOf(totp.secret, clock)
    await must(account('POST', '/account/v1/factors/totp/confirm', { code }))
    provider.claims = { ...provider.claims, sub: 'mia-1', email: mia.email }
    const asked = (await signIn()).body.object
    expect(asked).toMatchObject({ next: 'totp', challenge: expect.any(String) })
    provider.claims = { ...provider.claims, amr: ['pwd', 'mfa'] }
    expect((await signIn()).body.object).toMatchObject({ next: 'done' })
  })
})

test('where none is configured there is none', async () => {
  const { create } = databases[0]!
  const network = await startFreshNetwork(create, { publishers: 0, merchants: 0 })
  const browser = openBrowser(network.url)
  expect(await must(browser.account('GET', OIDC))).toEqual({ name: null })
  expect((await browser.account('POST', `${OIDC}/start`, {})).status).toBe(404)
  await network.stop()
})
