import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { createMarket } from '../commissions/market.ts'
import type { Market } from '../commissions/market.ts'
import { pglite } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must } from '../support/network.ts'
import type { Member } from '../support/network.ts'
import { enter } from './act-for.ts'
import { checkLooks, useBrowser } from './browser.ts'

const HOUR_MS = 3_600_000
const CUSTOMERS = 60

describe('the first page', () => {
  const browser = useBrowser()
  let market: Market
  let publisher: Member
  let merchant: Member

  beforeAll(async () => {
    // Of now: the page asks for the last thirty days by the browser's clock.
    const start = new Date(Date.now() - HOUR_MS).toISOString()
    market = await createMarket(pglite, { hasDashboard: true, start })
    publisher = market.network.publishers[0]!
    merchant = market.network.merchants[0]!
  })
  afterAll(() => market.stop())

  const enterAs = (member: Member) => enter({ browser, url: market.network.url, member, path: '' })
  const steps = async (page: Page): Promise<Record<string, string>> => {
    const items = page.getByRole('list', { name: 'Steps' }).getByRole('listitem')
    await items.first().waitFor()
    const texts = await items.allInnerTexts()
    return Object.fromEntries(
      texts.map((text) => {
        const [word = '', sentence = ''] = text.split('\n').filter((line) => line.trim() !== '')
        return [sentence, word]
      }),
    )
  }

  test('leads through the first steps, which data ticks, and shows four numbers', async () => {
    const { page, faults } = await enterAs(publisher)
    const before = await steps(page)
    expect(Object.values(before)).toEqual(['done', 'to do', 'done', 'to do'])
    await page.getByText('fewer than 50').waitFor()
    await checkLooks(page, 'home at the beginning')

    for (let index = 0; index < CUSTOMERS; index++) {
      const customer = { id: `p${index}`, email_sha256: emailHash(`p${index}`) }
      await must(publisher.call('POST', '/v1/customers', customer))
    }
    const rates = [{ segment: 'new', percent: '10' }]
    const card = { name: 'Books', rates, start_date: '2026-01-01T00:00:00Z' }
    await must(merchant.call('POST', '/v1/rate-cards', card))
    for (let index = 0; index < 3; index++) {
      const order = { order_id: `o${index}`, total: 2_000, currency: 'USD' }
      const btn_ref = await market.click(publisher, merchant, { user: `p${index}` })
      const customer = { email_sha256: emailHash(`p${index}`) }
      await must(merchant.call('POST', '/v1/order', { ...order, btn_ref, customer }))
    }
    const hook = { url: 'http://127.0.0.1:9/', event_types: ['segment-change'] }
    await must(publisher.call('POST', '/v1/webhooks', hook))
    await market.advance(HOUR_MS)
    await page.reload()
    await page.getByRole('link', { name: `Customers: ${CUSTOMERS}` }).waitFor()
    await page.getByRole('link', { name: 'Active: 5%' }).waitFor()
    await page.getByRole('link', { name: 'Moves: 3' }).waitFor()
    await page.getByRole('link', { name: 'Owed to you: USD 6.00' }).waitFor()
    // All is done.
    expect(await page.getByRole('region', { name: 'First steps' }).count()).toBe(0)
    await checkLooks(page, 'home')
    expect(faults).toEqual([])

    const shop = await enterAs(merchant)
    await shop.page.getByRole('link', { name: 'Orders: 3' }).waitFor()
    await shop.page.getByRole('link', { name: 'Of new customers: 100%' }).waitFor()
    await shop.page.getByRole('link', { name: 'Sold: USD 60.00' }).waitFor()
    await shop.page.getByRole('link', { name: 'Owed by you: USD 6.00' }).waitFor()
    expect(Object.values(await steps(shop.page)).filter((word) => word === 'to do')).toHaveLength(1)
    await checkLooks(shop.page, 'home of a merchant')
    expect(shop.faults).toEqual([])
  })
})
