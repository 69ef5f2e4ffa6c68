import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
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

const MINUTE_MS = 60_000
const PLAIN = 'Kim.Example@shop.example'
const hashOf = (address: string) => createHash('sha256').update(address).digest('hex')
const KIM = { email_sha256: hashOf(PLAIN.toLowerCase()) }

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: true })
const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
// Beside the field there is a hidden one, and the list that opens has its name too.
const choiceOf = (page: Page, name: string) =>
  page.getByLabel(name, { exact: true }).and(page.locator('input:not([type=hidden])'))
/** What one sees of a part of the page, in one line. */
const textOf = async (page: Page, name: string): Promise<string> =>
  (await region(page, name).innerText()).replaceAll(/\s+/g, ' ')

describe('look-ups in the browser', () => {
  const browser = useBrowser()
  let market: Market
  let publisher: Member
  let merchant: Member
  let imported: string
  const orders: Record<string, { button_order_id: string }> = {}

  const order = async (id: string, more: object): Promise<void> => {
    await market.advance(MINUTE_MS)
    const body = { order_id: id, total: 2299, currency: 'USD', ...more }
    orders[id] = await must(merchant.call('POST', '/v1/order', body))
  }

  beforeAll(async () => {
    market = await createMarket(pglite, { hasDashboard: true, publishers: 2, merchants: 2 })
    publisher = market.network.publishers[0]!
    merchant = market.network.merchants[0]!
    const rates = [
      { segment: 'new', percent: '8' },
      { segment: 'active', percent: '2' },
    ]
    const start_date = '2026-01-01T00:00:00Z'
    const card = { name: 'Books', rates, start_date }
    imported = (await must(merchant.call('POST', '/v1/rate-cards', card))).id
    await must(publisher.call('POST', '/v1/customers', { id: 'kim', ...KIM }))
    await must(publisher.call('POST', '/v1/customers', { id: 'kim-too', ...KIM }))
    await must(publisher.call('POST', '/v1/customers', { id: 'lee', email_sha256: hashOf('lee') }))
    await order('A-1', { customer: { id: 'shopper', ...KIM } })
    const click = () => market.click(publisher, merchant, { user: 'kim' })
    const line_items = [
      { identifier: 'book', description: 'A book', total: 2000, category: ['Books'] },
      { identifier: 'card', total: 299 },
    ]
    await market.advance(MINUTE_MS)
    await order('A-2', {
      ...{ btn_ref: await click(), line_items },
      customer: { id: 'shopper', ...KIM, is_new: true },
    })
    await must(merchant.call('POST', '/v1/order/A-2', { total: 1999 }))
    await order('A-3', { btn_ref: await market.click(publisher, merchant, { user: 'lee' }) })
    await order('A-4', { btn_ref: await click(), currency: 'EUR' })
    await must(merchant.call('DELETE', '/v1/order/A-4'))
  })
  afterAll(() => market.stop())

  const enterAt = (path: string, member = publisher, actor: Actor = {}): Promise<Tab> =>
    enter({ browser, url: market.network.url, member, path, actor })

  test('a customer is found by an address that never leaves the browser', async () => {
    const { page, faults } = await enterAt('/customers')
    const sent: string[] = []
    page.on('request', (request) => {
      sent.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`)
    })
    const box = page.getByLabel('Id or e-mail address')
    await checkLooks(page, 'customers')
    // By the keyboard alone.
    await box.focus()
    await page.keyboard.type(PLAIN)
    await page.keyboard.press('Enter')
    await page.getByText(/2 of your customers carry/).waitFor()
    expect(await box.inputValue()).toBe('')
    await checkLooks(page, 'several customers')
    await box.fill('nobody@shop.example')
    await page.keyboard.press('Enter')
    await page.getByText('Not found for your organization.').waitFor()
    await page.getByText('You hash yourself? Test it').click()
    await page.getByLabel('E-mail address', { exact: true }).fill('nobody@shop.example')
    await page.getByLabel('Your hash of it').fill(hashOf('nobody@shop.example\n'))
    await page.getByText('A line break was hashed with the address').first().waitFor()
    await checkLooks(page, 'customer not found')
    await box.fill('kim@')
    await page.keyboard.press('Enter')
    await page.getByText(/Nothing of it was sent/).waitFor()
    const all = sent.join('\n')
    expect(all).not.toMatch(/@|%40|kim\.example|nobody/i)
    expect(sent.filter((each) => each.includes(KIM.email_sha256))).toEqual([
      expect.stringMatching(/^POST \S+\/v1\/customers\/find \{"email_sha256":"[0-9a-f]{64}"\}$/),
    ])
    await box.fill('kim')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/customers/kim')
    expect(faults).toEqual([])
  })

  test('a customer’s page says where it stands, since when and why, and is printed', async () => {
    const { page, faults } = await enterAt('/customers/kim')
    await page.getByText(/This customer is active at merchant 1/).waitFor()
    const said = await textOf(page, 'Segments')
    expect(said).toContain('It has been so since March 1, 2026, by an order that was reported.')
    expect(said).toContain('This customer is new at merchant 2')
    expect(await textOf(page, 'What you were told')).toContain(
      'new active an order that was reported',
    )
    await page.getByText('USD 0.39').first().waitFor()
    expect(await page.locator('main').innerText()).not.toContain(KIM.email_sha256)
    await checkLooks(page, 'customer')
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    expect(await button(page, 'Print').isVisible()).toBe(false)
    expect(await page.getByRole('navigation', { name: 'Pages' }).isVisible()).toBe(false)
    const color = 'getComputedStyle(document.querySelector("main h1")).color'
    expect(await page.evaluate(color)).toBe('rgb(0, 0, 0)')
    await page.emulateMedia({ media: null })
    await page.getByRole('link', { name: 'What this customer would earn now' }).click()
    await page.getByRole('heading', { name: 'merchant 1' }).waitFor()
    await page.getByRole('cell', { name: '2 %' }).waitFor()
    await checkLooks(page, 'offers')
    await page.getByRole('textbox', { name: 'Customer' }).fill('stranger')
    await button(page, 'Show').click()
    await page.getByText(/You have reported no customer with this id/).waitFor()
    await page.getByRole('cell', { name: '8 %' }).waitFor()
    expect(faults).toEqual([])
  })

  test('an order’s page proves to its merchant what it is paid as', async () => {
    const { page, faults } = await enterAt('/orders', merchant)
    await page.getByRole('link', { name: 'A-2' }).waitFor()
    await checkLooks(page, 'orders')
    await choiceOf(page, 'You said').click()
    await page.getByRole('option', { name: 'new', exact: true }).click()
    await choiceOf(page, 'Judged').click()
    await page.getByRole('option', { name: 'active', exact: true }).click()
    await button(page, 'Search').click()
    await page.waitForURL(/claimed=new/)
    await page.getByRole('link', { name: 'A-1' }).first().waitFor({ state: 'detached' })
    await page.reload()
    await page.getByRole('link', { name: 'A-2' }).click()
    const why = region(page, 'Why it is paid so')
    await why.getByText('This order is paid as active.').waitFor()
    const text = await textOf(page, 'Why it is paid so')
    const earlier = orders['A-1']!.button_order_id
    expect(text).toContain(
      `the network knew of an earlier purchase, the order ${earlier}, matched by your own customer id.`,
    )
    expect(text).toContain('You said that the customer was new.')
    const owes = await textOf(page, 'What it owes')
    expect(owes).toContain('It owes publisher 1 USD 0.39, pending.')
    expect(owes).toContain(`version 1 of the rate card ${imported}`)
    expect(owes).toContain('A book Books USD 20.00')
    expect(owes).toContain('2 2026-03-01')
    await checkLooks(page, 'order')
    await page.getByRole('link', { name: `The earlier order ${earlier}` }).click()
    // Null evidence is a sentence.
    await page.getByText(/nobody had bought from you with any identifier of this buyer/).waitFor()
    await page.getByText('Nothing: it came from no link of a publisher').waitFor()
    expect(faults).toEqual([])
  })

  test('the proofs of one transaction have one number and one digest on both sides, also on paper', async () => {
    const verdict = `/v1/order/${orders['A-2']!.button_order_id}/verdict`
    const { transaction_id: id } = (await must(merchant.call('GET', verdict))).commission
    const path = `/transactions/${id}`
    const [theirs, ours, order] = [
      await enterAt(path),
      await enterAt(path, merchant),
      await enterAt('/orders/A-2', merchant),
    ]
    const digest = await digestOf(id)
    for (const { page } of [theirs, ours, order]) {
      await page.getByText(`Proof ${id}, digest ${digest}.`).waitFor()
      const code = page.getByRole('img', { name: 'The address of this page' })
      expect(await code.isVisible()).toBe(false)
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
      expect(await code.isVisible()).toBe(true)
      expect(await page.getByText(`/dashboard/go/`).isVisible()).toBe(true)
    }
    // What one alone is told is no part of it, and what becomes of the order is.
    expect(await ours.page.locator('main').innerText()).toContain('A-2')
    expect(await theirs.page.locator('main').innerText()).not.toContain('A-2')
    await must(merchant.call('POST', '/v1/order/A-2', { total: 1998 }))
    const later = await digestOf(id)
    expect(later).not.toBe(digest)
    await order.page.reload()
    await order.page.getByText(`Proof ${id}, digest ${later}.`).waitFor()
    await must(merchant.call('POST', '/v1/order/A-2', { total: 1999 }))
    expect([theirs, ours, order].flatMap(({ faults }) => faults)).toEqual([])
  })

  /** As docs/rates.md says. */
  async function digestOf(id: string): Promise<string> {
    const path = `/v1/affiliation/transactions/${id}`
    const told = await must(publisher.call('GET', path))
    const { objects: ledger } = (await publisher.call('GET', `${path}/ledger`)).body
    const facts = {
      amount: told.amount,
      attribution_date: told.attribution_date,
      button_order_id: told.button_order_id,
      commerce_organization: merchant.organization.id,
      currency: 'USD',
      id,
      ledger: ledger.map((entry: object) =>
        Object.fromEntries(Object.entries(entry).sort(([one], [other]) => (one < other ? -1 : 1))),
      ),
      order_currency: told.order_currency,
      order_line_items: told.order_line_items.map((line: Record<string, unknown>) => ({
        commission_base: line['commission_base'],
        identifier: line['identifier'],
        publisher_commission: line['publisher_commission'],
        total: line['total'],
      })),
      order_purchased_date: told.order_purchased_date,
      order_total: told.order_total,
      publisher_organization: publisher.organization.id,
      rate_card_id: imported,
      status: told.status,
      validated_date: null,
      verdict: {
        decided_by: 'network',
        evidence: { known_date: told.verdict.evidence.known_date, source: 'order' },
        judged: 'active',
        judged_date: told.verdict.judged_date,
        policy: 'network',
        quote: null,
        segment: 'active',
      },
    }
    const digits = hashOf(JSON.stringify(facts)).slice(0, 16)
    return digits.replaceAll(/(.{4})(?=.)/g, '$1 ')
  }

  test('conflicts are listed to a merchant with how many there are', async () => {
    const { page, faults } = await enterAt('/conflicts', merchant)
    await page.getByText(/1 in all: 1 that you called new and the network judged active/).waitFor()
    await checkLooks(page, 'conflicts')
    await page.getByRole('link', { name: 'A-2' }).click()
    await page.getByText('This order is paid as active.').waitFor()
    const other = await enterAt('/conflicts')
    await other.page.getByText('No merchant has taken back').waitFor()
    await checkLooks(other.page, 'conflicts of a publisher')
    expect([...faults, ...other.faults]).toEqual([])
  })

  test('transactions have sums of the filter, a currency at a time, and lead to their proofs', async () => {
    const { page, faults } = await enterAt('/transactions')
    await page.getByText(/transactions in USD/).waitFor()
    const sums = await textOf(page, 'Sums')
    expect(sums).toContain('2 transactions in USD: USD 2.22 pending.')
    expect(sums).toContain('1 transaction in EUR: EUR 0.00 declined.')
    await checkLooks(page, 'transactions')
    await button(page, /^1 pending active in USD/).click()
    await page.waitForURL(/status=pending/)
    await page.waitForURL(/segment=active/)
    await page.getByText('1 transaction in USD: USD 0.39 pending.').waitFor()
    await page.getByRole('link', { name: /^tx-/ }).click()
    await page.getByText('It is paid as active.').waitFor()
    const why = await textOf(page, 'Why it is paid so')
    expect(why).toContain('the network knew of an earlier purchase, told by an order.')
    const all = await page.locator('main').innerText()
    // Not which order it was, nor what told it: the merchant's page has that.
    expect(all).not.toContain(orders['A-1']!.button_order_id)
    expect(all).not.toMatch(/matched|A-1|A-2|shopper/)
    await checkLooks(page, 'transaction')

    const shop = await enterAt('/transactions', merchant)
    await shop.page.getByText(/transactions in USD/).waitFor()
    await checkLooks(shop.page, 'what is owed')
    expect(await shop.page.locator('main').innerText()).not.toMatch(/\bkim\b|\blee\b/)
    await shop.page.getByRole('link', { name: /^tx-/ }).first().click()
    await shop.page.getByRole('link', { name: 'A-4' }).waitFor()
    expect([...faults, ...shop.faults]).toEqual([])
  })

  test('both sides see with whom they work, and on what terms', async () => {
    const { page, faults } = await enterAt('/merchants')
    await page.getByText('active: 2 %').first().waitFor()
    await checkLooks(page, 'merchants')
    await page.getByRole('link', { name: 'Transactions with merchant 1' }).click()
    await page.waitForURL(/merchant=org-/)
    const shop = await enterAt('/publishers', merchant)
    await shop.page.getByText('30 days after a click').first().waitFor()
    await checkLooks(shop.page, 'publishers')
    await shop.page.getByRole('link', { name: 'Orders from publisher 1' }).click()
    await shop.page.getByRole('link', { name: 'A-3' }).waitFor()
    expect([...faults, ...shop.faults]).toEqual([])
  })

  test('all of a customer is saved, hashes are checked, and a retention period is set', async () => {
    const { page, faults } = await enterAt('/customers/kim')
    const saving = page.waitForEvent('download')
    await button(page, 'Export').click()
    const saved = JSON.parse(await readFile(await (await saving).path(), 'utf8'))
    expect(saved.customer.id).toBe('kim')
    expect(saved.transactions.length).toBeGreaterThan(0)
    await page.getByText('All that is held of the customer is saved.').waitFor()
    await page.getByRole('link', { name: 'Check a hash' }).click()
    await page.getByLabel('E-mail address', { exact: true }).fill('First.Last+shop@shop.example')
    await page.getByLabel('Your hash of it').fill(hashOf('firstlast@shop.example'))
    await page.getByText(/without the dots or the tag/).waitFor()
    await checkLooks(page, 'check a hash')
    await page.getByLabel('Your hash of it').fill(hashOf('first.last+shop@shop.example'))
    await page.getByText('It is right').waitFor()
    await page.getByRole('link', { name: 'Organization', exact: true }).click()
    await page.getByLabel('Forget customers after').fill('400')
    await button(page, 'Save').click()
    await page.getByText('It is changed.').waitFor()
    const its = await must(publisher.call('GET', '/v1/organization'))
    expect(its.retention_days).toBe(400)
    await checkLooks(page, 'organization with a retention period')
    expect(faults).toEqual([])
  })

  test('a customer is erased once its id was typed', async () => {
    await must(publisher.call('POST', '/v1/customers', { id: 'gone' }))
    const { page, faults } = await enterAt('/customers/gone')
    await button(page, 'Erase').click()
    const last = button(page, 'Erase it')
    expect(await last.isDisabled()).toBe(true)
    await page.getByLabel(/^Type its id/).fill('gone')
    await checkLooks(page, 'erase a customer')
    await last.click()
    await page.getByText('The customer is erased.').waitFor()
    expect((await publisher.call('GET', '/v1/customers/gone')).status).toBe(404)
    await page.goBack()
    await page.getByText('Not found for your organization.').waitFor()
    expect(faults).toEqual([])
  })

  test('who may not look up is told so, and nothing is asked', async () => {
    const { page, faults } = await enterAt('/customers/kim', publisher, { permissions: [] })
    await page.getByText('This page is for members with the permission “customers”.').waitFor()
    const viewer = await enterAt('/transactions', publisher, { permissions: ['technical'] })
    await viewer.page.getByText(/with the permission “customers”/).waitFor()
    expect([...faults, ...viewer.faults]).toEqual([])
  })
})
