import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { PASSWORD, setUpTokenOf } from '../members/people.ts'
import { pglite } from '../support/databases.ts'
import { must, useNetwork } from '../support/network.ts'
import { actFor } from './act-for.ts'
import { checkLooks, openTab, useBrowser } from './browser.ts'

const heading = (page: Page, name: string | RegExp) =>
  page.getByRole('heading', { name, exact: true })
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

// The form: whatever stands in a URL, nothing of its path is shown.
const HOOK = { url: 'https://hooks.rewards.example/s3cret', event_types: ['segment-change'] }

describe('the room of the operator', () => {
  const browser = useBrowser()
  const network = useNetwork(pglite.create, { hasDashboard: true, publishers: 1, merchants: 1 })

  test('says whether all is well, and verifies the database at a click', async () => {
    const [publisher] = network.publishers
    const [merchant] = network.merchants
    const { id } = await must(publisher!.call('POST', '/v1/webhooks', HOOK))
    await must(publisher!.call('POST', `/v1/webhooks/${id}/pause`, {}))
    const customer = { id: 'kim', email_sha256: 'ab'.repeat(32) }
    await must(publisher!.call('POST', '/v1/customers', customer))
    const order = { order_id: 'o1', total: 100, currency: 'USD', customer }
    await must(merchant!.call('POST', '/v1/order', order))
    await must(publisher!.call('POST', '/v1/imports'))

    const { page, faults } = await openTab(browser, network)
    await page.goto(`/dashboard/setup#${await setUpTokenOf(network)}`)
    await page.getByLabel('Your name').fill('Olu')
    await page.getByLabel('E-mail').fill('olu@network.example')
    await page.getByLabel(/^Password/).fill(PASSWORD)
    await button(page, 'Make my account').click()

    await heading(page, 'Overview').waitFor()
    await page.getByText('Nothing was verified yet.').waitFor()
    await page.getByText('https://hooks.rewards.example').first().waitFor()
    await page.getByRole('link', { name: publisher!.organization.name }).first().waitFor()
    expect(await page.content()).not.toContain('s3cret')
    await checkLooks(page, 'operator overview')

    await page.getByRole('link', { name: 'Verifications' }).click()
    await page.getByText('Nothing was verified yet.').waitFor()
    await button(page, 'Verify now').click()
    await heading(page, 'no drift').waitFor()
    const { checks } = (await must(network.operator.call('GET', '/operator/v1/verifications')))[0]
    await page.getByText(`${checks.length} of ${checks.length} invariants checked`).waitFor()
    await checkLooks(page, 'verify')

    await page.getByRole('link', { name: 'Overview' }).click()
    await page.getByText(/^The last verification/).waitFor()
    await button(page, 'Send me a test mail').waitFor()
    expect(await button(page, 'Send me a test mail').isDisabled()).toBe(true)
    expect(faults).toEqual([])
  })

  test('shows what is wrong with samples of it', async () => {
    const { db } = network.server.parts.database
    await sql`update customers set identities = '{}' where purchased_at is null`.execute(db)
    await must(network.operator.call('POST', '/operator/v1/verify', {}))
    await sql`update customers c set identities =
      array(select i.id from identities i where i.holders @> array[c.id])`.execute(db)
    const { page, faults } = await openTab(browser, network)
    await page.goto('/dashboard/sign-in?next=%2Fdashboard%2Foperator%2Fverify')
    await page.getByLabel('E-mail').fill('olu@network.example')
    await page.getByLabel(/^Password/).fill(PASSWORD)
    await button(page, 'Sign in').click()
    await heading(page, 'drift: 1').waitFor()
    const [run] = await must(network.operator.call('GET', '/operator/v1/verifications'))
    await page.getByText(run.checks[0].samples[0]).first().waitFor()
    await checkLooks(page, 'verify with drift')
    expect(faults).toEqual([])
  })

  test('looks over the shoulder of an organization, to read, until it ends', async () => {
    const { organization, call } = network.publishers[0]!
    const { page, faults } = await openTab(browser, network)
    const its = `/dashboard/operator/organizations/${organization.id}`
    await page.goto(`/dashboard/sign-in?next=${encodeURIComponent(its)}`)
    await page.getByLabel('E-mail').fill('olu@network.example')
    await page.getByLabel(/^Password/).fill(PASSWORD)
    await button(page, 'Sign in').click()
    await button(page, 'Look at its pages').click()
    await page.getByLabel('Reason').fill('Ticket 17: deliveries are late')
    await button(page, 'Look').click()
    const banner = page.getByRole('region', { name: 'You look as an operator' })
    await banner.getByText('Ticket 17: deliveries are late').waitFor()
    await page
      .getByRole('navigation', { name: 'Pages' })
      .getByRole('link', { name: 'Webhooks' })
      .click()
    await page.getByText('https://hooks.rewards.example').first().waitFor()
    await banner.waitFor()
    await checkLooks(page, 'look over the shoulder')
    // Who is to read is offered nothing to do.
    expect(await page.getByText('Create a webhook').count()).toBe(0)
    await page.getByRole('link', { name: 'https://hooks.rewards.example' }).click()
    await page.getByRole('tab', { name: 'Deliveries' }).waitFor()
    expect(await page.getByRole('tab').allTextContents()).toEqual(['Overview', 'Deliveries'])
    expect(await button(page, 'Resume').count()).toBe(0)

    // What the organization sees meanwhile.
    expect(await must(call('GET', '/v1/organization/looks'))).toHaveLength(1)
    await page.getByRole('link', { name: 'Organization', exact: true }).click()
    const who = page.getByRole('list', { name: 'Who looks now' })
    await who.getByText('Ticket 17: deliveries are late').waitFor()
    const allows = page.getByRole('switch', { name: 'Operators may look at these pages' })
    expect(await allows.isDisabled()).toBe(true)
    await checkLooks(page, 'looks of operators')

    await button(page, 'End it').click()
    await heading(page, organization.name).waitFor()
    expect(await must(call('GET', '/v1/organization/looks'))).toEqual([])
    await page.goto(`/dashboard/o/${organization.id}`)
    await page
      .getByText(/could not find|not found|no member/i)
      .first()
      .waitFor()
    expect(faults).toEqual([])
  })

  test('is seen over each page by members', async () => {
    const tab = await openTab(browser, network)
    await actFor(tab, network.publishers[0]!, { isLookedAt: true })
    const { page, faults } = tab
    const { id } = network.publishers[0]!.organization
    await page.goto(`/dashboard/o/${id}/imports`)
    const note = page.getByRole('region', { name: 'An operator looks at these pages' })
    await note.waitFor()
    await checkLooks(page, 'looked at by an operator')
    await note.getByRole('link', { name: 'Why, and until when' }).click()
    await heading(page, 'Organization').waitFor()
    await note.waitFor()
    expect(faults).toEqual([])
  })
})
