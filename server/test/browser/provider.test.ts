import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { joinOrganization } from '../members/people.ts'
import { CLIENT, startTinyProvider } from '../members/tiny-provider.ts'
import type { TinyProvider } from '../members/tiny-provider.ts'
import { pglite } from '../support/databases.ts'
import { startFreshNetwork } from '../support/network.ts'
import type { Network } from '../support/network.ts'
import { checkLooks, openTab, useBrowser } from './browser.ts'

describe('signing in with a provider in the browser', () => {
  const browser = useBrowser()
  let provider: TinyProvider
  let network: Network

  beforeAll(async () => {
    provider = await startTinyProvider()
    const { issuer } = provider
    network = await startFreshNetwork(pglite.create, {
      ...{ hasDashboard: true, publishers: 1, merchants: 0 },
      config: { provider: { issuer, ...CLIENT, name: 'The company' } },
    })
    await joinOrganization(network, network.publishers[0]!, 'kim@rewards.example', {
      preset: 'viewer',
    })
  })
  afterAll(async () => {
    await network.stop()
    await provider.stop()
  })

  test('leads there and back, and in', async () => {
    provider.claims = { sub: 'kim-1', email: 'kim@rewards.example', email_verified: true }
    const { page, faults } = await openTab(browser, network)
    await page.goto('/dashboard/sign-in')
    await page.getByRole('button', { name: 'Sign in with The company' }).click()
    await page.waitForURL(new RegExp(`/o/${network.publishers[0]!.organization.id}`))
    expect(faults).toEqual([])
  })

  test('whom the provider does not know here is told so, and can try again', async () => {
    provider.claims = { sub: 'eve-1', email: 'eve@elsewhere.example', email_verified: true }
    const { page, faults } = await openTab(browser, network)
    await page.goto('/dashboard/sign-in')
    await page.getByRole('button', { name: 'Sign in with The company' }).click()
    await page.getByRole('alert').waitFor()
    // The code is in no address that stays.
    expect(new URL(page.url()).search).toBe('')
    await checkLooks(page, 'refused by provider')
    await page.getByRole('link', { name: 'Sign in again' }).click()
    await page.getByLabel('E-mail').waitFor()
    expect(faults).toEqual([])
  })

  test('a refusal there is a refusal here', async () => {
    const { page, faults } = await openTab(browser, network)
    await page.goto('/dashboard/sign-in/provider?error=access_denied&state=1')
    await page.getByText('The provider did not sign you in.').waitFor()
    expect(faults).toEqual([])
  })
})
