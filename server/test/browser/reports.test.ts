import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { FEWEST_PEOPLE } from '../../src/customers/privacy-floor.ts'
import { createMarket } from '../commissions/market.ts'
import type { Market } from '../commissions/market.ts'
import { createImportCalls } from '../imports/import-calls.ts'
import { pglite } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must } from '../support/network.ts'
import type { Member } from '../support/network.ts'
import { enter } from './act-for.ts'
import type { Actor } from './act-for.ts'
import { checkLooks, useBrowser } from './browser.ts'
import type { Tab } from './browser.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const PEOPLE = FEWEST_PEOPLE + 10
const MARCH = '?from=2026-03-01&to=2026-03-03'
const BROKEN = 'not-a-hash'

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: true })
const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const chart = (page: Page, name: string) => page.getByRole('slider', { name, exact: true })
const textOf = async (page: Page, name: string): Promise<string> =>
  (await region(page, name).innerText()).replaceAll(/\s+/g, ' ')
const valueOf = (page: Page, name: string) => chart(page, name).getAttribute('aria-valuetext')

/** What was bought, from which all numbers on the pages follow. Of 100.00 each. */
interface Purchase {
  /** Of the person among the publisher's customers. */
  person: number
  currency: 'USD' | 'EUR'
  /** By a link of the publisher's. */
  isSent?: boolean
}

const DAYS: Purchase[][] = [
  [
    { person: 0, currency: 'USD', isSent: true },
    { person: 1, currency: 'USD', isSent: true },
    { person: 2, currency: 'USD' },
  ],
  [
    { person: 0, currency: 'USD', isSent: true },
    { person: 3, currency: 'EUR', isSent: true },
  ],
  [{ person: 4, currency: 'USD', isSent: true }],
]

describe('reports in the browser', () => {
  const browser = useBrowser()
  let market: Market
  let publisher: Member
  let merchant: Member

  beforeAll(async () => {
    market = await createMarket(pglite, { hasDashboard: true, publishers: 2, merchants: 2 })
    publisher = market.network.publishers[0]!
    merchant = market.network.merchants[0]!
    const imports = createImportCalls(market.network.url, publisher)
    await imports.run(fileOf(PEOPLE - 10, 3))
    await market.advance(MINUTE_MS)
    await imports.run(fileOf(PEOPLE, 1))
    const rates = [
      { segment: 'new', percent: '8' },
      { segment: 'active', percent: '2' },
    ]
    const card = { name: 'Standard', rates, start_date: '2026-01-01T00:00:00Z' }
    await must(merchant.call('POST', '/v1/rate-cards', card))
    for (const [day, purchases] of DAYS.entries()) {
      if (day > 0) await market.advance(DAY_MS)
      for (const [index, purchase] of purchases.entries()) await buy(purchase, `${day}-${index}`)
      await market.advance(MINUTE_MS)
      // Segments are counted on the day itself, or never.
      await must(publisher.call('GET', '/v1/reports/segments'))
    }
    await must(merchant.call('DELETE', '/v1/order/order-0-1'))
    await market.advance(MINUTE_MS)
  })
  afterAll(() => market.stop())

  async function buy({ person, currency, isSent = false }: Purchase, id: string): Promise<void> {
    const user = `person-${person}`
    const customer = { email_sha256: emailHash(user) }
    const link = isSent && { btn_ref: await market.click(publisher, merchant, { user }) }
    const order = { order_id: `order-${id}`, total: 10_000, currency, customer, ...link }
    await must(merchant.call('POST', '/v1/order', order))
  }

  const enterAt = (path: string, member = publisher, actor: Actor = {}): Promise<Tab> =>
    enter({ browser, url: market.network.url, member, path, actor })

  /** What the link leads to, by the member's key: a download carries the session alone, and here is none. */
  async function linesOf(page: Page, name: string, { key }: Member): Promise<string[]> {
    const link = page.getByRole('link', { name })
    expect(await link.getAttribute('download')).toBe('')
    const href = (await link.getAttribute('href')) ?? ''
    const headers = { authorization: `Basic ${btoa(`${key}:`)}` }
    const response = await fetch(new URL(href, market.network.url), { headers })
    expect(response.headers.get('content-disposition')).toMatch(/^attachment/)
    return (await response.text()).trim().split(/\r?\n/)
  }

  test('a publisher sees how many are new and active, day by day, and what moved them', async () => {
    const { page, faults } = await enterAt(`/segments${MARCH}`)
    const title = 'Customers at merchant 1'
    await region(page, title)
      .getByText(
        `On 2026-03-03 4 of your ${PEOPLE} customers (6.7%) were active at merchant 1, and ${PEOPLE - 4} new.`,
      )
      .waitFor({ timeout: 20_000 })
    // Three bought on the first day, one more on each after it; one order was cancelled on the last.
    const name = `${title}, a day at a time`
    await chart(page, name).focus()
    await page.keyboard.press('Home')
    expect(await valueOf(page, name)).toMatch(
      `2026-03-01: 3 active and ${PEOPLE - 3} new, as counted at`,
    )
    await page.keyboard.press('ArrowRight')
    expect(await valueOf(page, name)).toMatch(`2026-03-02: 4 active and ${PEOPLE - 4} new`)
    await region(page, 'Moves')
      .getByText('6 moves in this time, 5 to active and 1 to new: 5 by an order, 1 by a cancelled')
      .waitFor()
    await chart(page, 'Moves, a day at a time').focus()
    await page.keyboard.press('End')
    expect(await valueOf(page, 'Moves, a day at a time')).toBe(
      '2026-03-03: 2 moves, 1 of them to active; 1 by an order, 1 by a cancelled order',
    )
    expect(await textOf(page, title)).toContain('As of 2026-03-03 12:')
    await checkLooks(page, 'segments')
    await button(page, 'Show a table').last().click()
    await region(page, 'Moves')
      .getByRole('row', { name: /merchant 1 new a cancelled/ })
      .waitFor()
    await button(page, 'Show a table').first().click()
    await region(page, title)
      .getByRole('row', { name: /^2026-03-01 3 57 5%/ })
      .waitFor()
    await checkLooks(page, 'segments as tables')
    const [head, ...rows] = await linesOf(page, 'Moves as CSV', publisher)
    expect(head).toBe('day,merchant_id,merchant_name,segment,cause,moves')
    expect(rows).toHaveLength(4)
    expect(faults).toEqual([])
  })

  test('what is owed is told apart, compared, and leads to the transactions behind each number', async () => {
    const { page, faults } = await enterAt(`/reports${MARCH}&compare=other&other=2026-03-02`)
    // 8 % of two new ones, one cancelled since, and of the one on the third day; 2 % of the one that came again.
    const usd = 'Commissions in USD'
    await region(page, usd)
      .getByText(
        '2026-03-01 to 2026-03-03: USD 18.00 owed to you: USD 18.00 pending. ' +
          '2026-03-02 to 2026-03-04 it was USD 10.00: up 80%.',
      )
      .waitFor({ timeout: 20_000 })
    await region(page, 'Commissions in EUR')
      .getByText(/EUR 8\.00 owed to you/)
      .waitFor()
    await chart(page, usd).focus()
    await page.keyboard.press('Home')
    expect(await valueOf(page, usd)).toBe(
      '2026-03-01: USD 8.00 pending; USD 2.00 in the other time',
    )
    await checkLooks(page, 'reports')
    await region(page, usd).getByRole('button', { name: 'Show a table' }).click()
    await checkLooks(page, 'reports as a table')
    await page
      .getByRole('link', { name: '2 transactions in USD, 2026-03-01: show the list' })
      .click()
    await page.getByText('2 transactions in USD: USD 8.00 pending, USD 0.00 declined.').waitFor()
    await page.goBack()
    await page.getByLabel('Currency').fill('usd')
    await button(page, 'Search').click()
    await page.waitForURL(/currency=USD/)
    await region(page, 'Commissions in EUR').waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'By segment' }).click()
    await page.waitForURL(/by=segment/)
    await region(page, usd).getByRole('button', { name: 'Show a table' }).click()
    await page
      .getByRole('link', { name: '1 transaction in USD, paid as active: show the list' })
      .click()
    await page.getByText('1 transaction in USD: USD 2.00 pending.').waitFor()
    expect(faults).toEqual([])
  })

  test('a merchant sees the same money from its side, and takes it as a file', async () => {
    const { page, faults } = await enterAt(`/reports${MARCH}&by=partner&compare=none`, merchant)
    const usd = region(page, 'Commissions in USD')
    await usd.getByText(/USD 18\.00 that you owe: USD 18\.00 pending\.$/).waitFor()
    await usd.getByRole('button', { name: 'Show a table' }).click()
    await usd
      .getByRole('row', { name: /^publisher 1 4 transactions in USD, .* USD 400\.00 USD 18\.00$/ })
      .waitFor()
    await checkLooks(page, 'reports of a merchant')
    const lines = await linesOf(page, 'These commissions as CSV', merchant)
    expect(lines.join('\n')).toContain(',publisher 1,')
    await page.goto(`/dashboard/o/${merchant.organization.id}/segments`)
    await page.getByText(/This page is for publishers/).waitFor()
    const viewer = await enterAt(`/reports${MARCH}&by=status`, merchant, { permissions: [] })
    const its = region(viewer.page, 'Commissions in USD')
    await its.getByRole('button', { name: 'Show a table' }).click()
    await its.getByRole('row', { name: /^declined 1/ }).waitFor()
    expect(await its.getByRole('link').count()).toBe(0)
    expect(await viewer.page.getByRole('link', { name: /CSV/ }).count()).toBe(0)
    expect([...faults, ...viewer.faults]).toEqual([])
  })

  test('the match report says where customers are lost and what would raise it, above the floor', async () => {
    const { page, faults } = await enterAt('/match')
    const last = region(page, 'Your last file')
    await last
      .getByText(`Hashed right: ${PEOPLE}, 98.4% of “Readable”; 50 in the file before`)
      .waitFor()
    await last.getByText(/Raise it: make the hashes anew/).waitFor()
    const now = region(page, 'Your customers now')
    await now.getByText(`Active at merchant 1: 4, 6.7% of “With an identifier”`).waitFor()
    await now.getByText('With an advertising id: 0, 0% of “Your customers”').waitFor()
    await checkLooks(page, 'match report')
    await now.getByRole('button', { name: 'Show a table' }).click()
    await now.getByRole('row', { name: /^Active at any merchant 4 6\.7%/ }).waitFor()
    const small = await enterAt('/match', market.network.publishers[1])
    await small.page.getByText('No file was imported yet.').waitFor()
    await small.page
      .getByText(`Your customers: not told, since you have fewer than ${FEWEST_PEOPLE} customers`)
      .waitFor()
    await checkLooks(small.page, 'match report below the floor')
    await small.page.goto(small.page.url().replace('/match', `/segments${MARCH}`))
    await small.page.getByText(`You have fewer than ${FEWEST_PEOPLE} customers.`).waitFor()
    await checkLooks(small.page, 'segments below the floor')
    expect([...faults, ...small.faults]).toEqual([])
  })

  test('before the first count it is said that it is being counted', async () => {
    const { page, faults } = await enterAt('')
    const never = { as_of_date: null, floor: FEWEST_PEOPLE, days: [], files: [], hints: [] }
    const none = { ...never, customers: null, moves: [], commissions: [] }
    await page.route('**/v1/reports/**', (route) =>
      route.fulfill({ json: { meta: { status: 'ok' }, object: none } }),
    )
    for (const name of ['Segments', 'Match report', 'Reports']) {
      await page.getByRole('link', { name, exact: true }).click()
      await page.getByText('It is being counted for the first time.').first().waitFor()
    }
    await checkLooks(page, 'reports being counted')
    await page.unroute('**/v1/reports/**')
    // It asks again by itself.
    await page.getByText('It is being counted for the first time.').waitFor({ state: 'detached' })
    expect(faults).toEqual([])
  })
})

/** Customers by the hash of their address; the last of them have none that can be matched. */
function fileOf(people: number, broken: number): string {
  const rows = Array.from({ length: people + broken }, (_, index) => {
    const id = index < people ? `person-${index}` : `broken-${index}`
    return `${id},${index < people ? emailHash(id) : BROKEN}`
  })
  return ['id,email_sha256', ...rows].join('\n')
}
