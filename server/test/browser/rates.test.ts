import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { createMarket } from '../commissions/market.ts'
import type { Market } from '../commissions/market.ts'
import { pglite } from '../support/databases.ts'
import { must } from '../support/network.ts'
import type { Member } from '../support/network.ts'
import { enter } from './act-for.ts'
import type { Actor } from './act-for.ts'
import { checkLooks, useBrowser } from './browser.ts'
import type { Tab } from './browser.ts'

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: true })
const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

describe('rates in the browser', () => {
  const browser = useBrowser()
  let market: Market
  let merchant: Member

  beforeAll(async () => {
    market = await createMarket(pglite, { hasDashboard: true, publishers: 2, merchants: 2 })
    merchant = market.network.merchants[0]!
    const [publisher] = market.network.publishers
    const rates = [{ percent: '5' }]
    const card = { name: 'First', rates, start_date: '2026-01-01T00:00:00Z' }
    await must(merchant.call('POST', '/v1/rate-cards', card))
    for (const person of ['ann', 'bob', 'ann']) {
      const order = {
        ...{ order_id: `order-${person}-${market.clock.now().getTime()}`, currency: 'USD' },
        ...{ total: 10_000, customer: { id: person } },
        btn_ref: await market.click(publisher!, merchant),
      }
      await must(merchant.call('POST', '/v1/order', order))
      await market.advance(60_000)
    }
  })
  afterAll(() => market.stop())

  const enterAt = (path: string, member = merchant, actor: Actor = {}): Promise<Tab> =>
    enter({ browser, url: market.network.url, member, path, actor })

  test('a card is changed by a version, and who would get what is told with why', async () => {
    const { page, faults } = await enterAt('/rates')
    await page.getByText('everybody: 5 %').first().waitFor()
    await button(page, 'Change First').click()
    const drawer = page.getByRole('dialog')
    await button(page, 'Add a rate').click()
    const second = drawer.getByRole('group', { name: 'Rate 2' })
    await second.getByLabel('Category').fill('Shoes')
    await second.getByLabel('Percent').fill('1,5')
    await button(page, 'Make the version').click()
    await drawer
      .getByText(/percent/)
      .last()
      .waitFor()
    await drawer.getByRole('alert').waitFor()
    await checkLooks(page, 'rate card with a fault')
    await second.getByLabel('Percent').fill('1.5')
    await button(page, 'Make the version').click()
    await page.getByText('The card has a new version.').waitFor()
    await page.getByText('everybody: 5 %; shoes, everybody: 1.5 %').first().waitFor()
    await button(page, 'All its versions').click()
    const first = region(page, 'First')
    await first.getByRole('cell', { name: 'everybody: 5 %', exact: true }).waitFor()
    expect(await first.getByRole('row').count()).toBe(3)
    const tester = region(page, 'Who would get what')
    await tester.getByText('5 %', { exact: true }).waitFor()
    await tester.getByLabel('Category').fill('clothes > shoes')
    await tester.getByText('1.5 %', { exact: true }).waitFor()
    await tester.getByText(/“shoes” is the narrowest category/).waitFor()
    await checkLooks(page, 'rates')
    expect(faults).toEqual([])
  })

  test('a publisher gets a card of its own, which is ended again', async () => {
    const { page, faults } = await enterAt('/rates')
    await button(page, 'New card').click()
    const drawer = page.getByRole('dialog')
    await drawer.getByLabel(/^Name/).fill('Own')
    await drawer.getByLabel('For').and(page.locator('input:not([type=hidden])')).first().click()
    await page.getByRole('option', { name: 'publisher 2' }).click()
    await drawer.getByLabel('Percent').fill('7')
    await button(page, 'Make the card').click()
    await page.getByText('The card is made.').waitFor()
    await page.getByText('for publisher 2 alone').waitFor()
    await button(page, 'End Own').click()
    await checkLooks(page, 'end a card')
    await button(page, 'End it now').click()
    await page.getByText('The card has ended.').waitFor()
    await region(page, 'Own').getByText('ended', { exact: true }).waitFor()
    expect(faults).toEqual([])
  })

  test('what if: drawn by the keyboard, shared by the address, and made a card', async () => {
    const { page, faults } = await enterAt('/rates/what-if')
    await button(page, 'Try it').click()
    const outcome = region(page, 'Outcome in USD')
    // 5 % of three orders of 100.00; two new ones at 8 %, one active at 2 %.
    await outcome.getByText(/3 orders cost USD 15\.00/).waitFor()
    await outcome.getByText(/would have cost USD 18\.00, USD 3\.00 more/).waitFor()
    await outcome
      .getByText(/2 of them are new customers’: divided by these, a new customer cost USD 7\.50/)
      .waitFor()
    // Neither publisher has twenty customers: nobody is named.
    await outcome.getByText('a small publisher').first().waitFor()
    // Drawn, and said a bar at a time to whoever goes along by the keyboard.
    const chart = outcome.getByRole('slider', { name: 'Cost now and under the draft, in USD' })
    await chart.focus()
    await page.keyboard.press('Home')
    expect(await chart.getAttribute('aria-valuetext')).toBe(
      'paid as new: 2 orders cost USD 10.00, and under the draft USD 16.00, USD 6.00 more',
    )
    await page.keyboard.press('ArrowDown')
    await outcome.getByText(/^paid as active: 1 order cost USD 5\.00/).waitFor()
    await checkLooks(page, 'what if')
    await button(page, 'Show a table').click()
    await outcome.getByRole('row', { name: /^paid as active 1 USD 5\.00 USD 2\.00/ }).waitFor()
    await checkLooks(page, 'what if as a table')
    const slider = page.getByRole('slider', { name: 'Percent for new' })
    await slider.focus()
    await page.keyboard.press('ArrowRight')
    await page.getByText('new: 8.5 %').waitFor()
    await outcome.getByText(/would have cost USD 19\.00/).waitFor()
    const shared = page.url()
    const other = await enterAt('/rates/what-if')
    await other.page.goto(shared)
    await other.page.getByText('new: 8.5 %').waitFor()
    await button(page, 'Make it a card from …').click()
    await page.getByRole('heading', { name: 'Change First' }).waitFor()
    await button(page, 'Make the version').click()
    await page.getByText('The card has a new version.').waitFor()
    const [card] = await must(merchant.call('GET', '/v1/rate-cards'))
    expect(card.rates).toMatchObject([
      { segment: 'new', percent: '8.5' },
      { segment: 'active', percent: '2' },
    ])
    expect([...faults, ...other.faults]).toEqual([])
  })

  test('without a card it is said what that means, and who may not change sees no button', async () => {
    const [, second] = market.network.merchants
    const { page, faults } = await enterAt('/rates', second)
    await page.getByText('You have no rate card yet.').waitFor()
    await checkLooks(page, 'no rate card')
    const viewer = await enterAt('/rates', merchant, { permissions: [] })
    await region(viewer.page, 'First').waitFor()
    expect(await button(viewer.page, 'New card').count()).toBe(0)
    expect(await button(viewer.page, 'Change First').count()).toBe(0)
    await viewer.page.goto(`/dashboard/o/${merchant.organization.id}/rates/what-if`)
    await viewer.page.getByText(/with the permission “commercial”/).waitFor()
    expect([...faults, ...viewer.faults]).toEqual([])
  })
})
