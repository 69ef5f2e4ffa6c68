import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Page } from 'playwright-core'
import { follow, linkTo, register } from '../links/shoppers.ts'
import { pglite } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must, useNetwork } from '../support/network.ts'
import type { Call, Member } from '../support/network.ts'
import { startReceiver } from '../support/receiver.ts'
import type { Receiver } from '../support/receiver.ts'
import { enter } from './act-for.ts'
import type { Actor } from './act-for.ts'
import { checkLooks, useBrowser } from './browser.ts'
import type { Tab } from './browser.ts'

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: true })
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true })
const answerOf = async (page: Page): Promise<{ id: string }> =>
  JSON.parse((await page.getByRole('region', { name: 'Answer' }).textContent()) ?? '')

const NOTHING = 'Nothing that you can see has this id.'
const CUSTOMER = "kim's#1/2"

describe('any id in the browser', () => {
  const browser = useBrowser()
  const network = useNetwork(pglite.create, { hasDashboard: true, publishers: 2, merchants: 1 })
  let receiver: Receiver
  let publisher: Member
  let merchant: Member
  const ids: Record<'webhook' | 'import' | 'tx' | 'order' | 'event' | 'attempt', string> = {
    ...{ webhook: '', import: '', tx: '', order: '', event: '', attempt: '' },
  }

  beforeAll(async () => {
    receiver = await startReceiver(204)
    publisher = network.publishers[0]!
    merchant = network.merchants[0]!
    const body = { url: receiver.url, event_types: ['tx-pending'], description: 'Mine' }
    ids.webhook = (await must(publisher.call('POST', '/v1/webhooks', body))).id
    ids.import = (await must(publisher.call('POST', '/v1/imports'))).id
    const identifiers = { email_sha256: emailHash('kim') }
    await must(publisher.call('POST', '/v1/customers', { id: CUSTOMER, ...identifiers }))
    await register(merchant, 'shop.example')
    const experience = { btn_pub_user: CUSTOMER }
    const link = await linkTo(publisher, 'https://shop.example/tea', { experience })
    const { token } = await follow(link)
    const order = { order_id: 'order-1', total: 2300, currency: 'USD', btn_ref: token }
    ids.order = (await must(merchant.call('POST', '/v1/order', order))).button_order_id
    ids.tx = (await until(publisher.call, '/v1/affiliation/transactions', () => true)).id
    const path = `/v1/webhooks/${ids.webhook}/deliveries`
    const delivery = await until(publisher.call, path, ({ attempts }) => attempts.length > 0)
    ids.event = delivery.event_id
    ids.attempt = delivery.attempts[0].request_id
  })
  afterAll(() => receiver.close())

  const enterAs = (member: Member, actor: Actor = {}): Promise<Tab> =>
    enter({ browser, url: network.url, member, path: '', actor })
  const go = async ({ page }: Tab, id: string): Promise<void> => {
    await page.goto(`/dashboard/go/${encodeURIComponent(id)}`)
  }

  test('leads to the page of what it names', async () => {
    const tab = await enterAs(publisher)
    const { page } = tab
    const under = `/dashboard/o/${publisher.organization.id}`
    await go(tab, ids.webhook)
    await page.waitForURL(`**${under}/webhooks/${ids.webhook}`)
    await go(tab, ids.import)
    await page.waitForURL(`**${under}/imports/${ids.import}`)
    for (const id of [ids.event, ids.attempt]) {
      await go(tab, id)
      await page.waitForURL(`**${under}/webhooks/${ids.webhook}/deliveries/${ids.event}`)
    }
    await go(tab, publisher.organization.id)
    await heading(page, 'publisher 1').waitFor()
    const response = await fetch(`${network.url}/v1/imports`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${publisher.key}:`)}` },
    })
    const request = response.headers.get('x-request-id')!
    await go(tab, request)
    await page.waitForURL(`**${under}/audit-log?request_id=${request}`)
    await page.getByText('import.create').first().waitFor()
    expect(await page.getByRole('row').count()).toBe(2)
    // There are others, when nothing narrows the list.
    await button(page, 'Clear').click()
    await page.getByText('webhook.create').first().waitFor()
    expect(tab.faults).toEqual([])
  })

  test('a customer, an order and a transaction have their proofs for an address', async () => {
    const tab = await enterAs(publisher)
    const { page } = tab
    await go(tab, ids.tx)
    await page.waitForURL(`**/transactions/${ids.tx}`)
    await page.getByText('It is paid as new.').waitFor()
    await page.getByRole('link', { name: /Deliveries to Mine about this transaction/ }).waitFor()
    await go(tab, CUSTOMER)
    await page.waitForURL(`**/customers/${encodeURIComponent(CUSTOMER)}`)
    await page.getByText(`${network.url}/dashboard/go/${encodeURIComponent(CUSTOMER)}`).waitFor()
    await page.getByRole('link', { name: /Deliveries to Mine about this customer/ }).waitFor()
    const shop = await enterAs(merchant)
    await go(shop, ids.order)
    await shop.page.waitForURL(`**/orders/${ids.order}`)
    await shop.page.getByText('This order is paid as new.').waitFor()
    expect([...tab.faults, ...shop.faults]).toEqual([])
  })

  test('what has no page yet is shown as the API answers it', async () => {
    const shop = await enterAs(merchant)
    const card = { name: 'Standard', rates: [{ percent: '5' }] }
    const made = await must(merchant.call('POST', '/v1/rate-cards', card))
    await go(shop, made.id)
    await shop.page.waitForURL(`**/rates?card=${made.id}`)
    await shop.page.getByRole('cell', { name: 'everybody: 5 %' }).waitFor()

    const tab = await enterAs(publisher)
    const { page } = tab
    const { id } = merchant.organization
    await go(tab, id)
    await heading(page, 'Merchant').waitFor()
    expect(await answerOf(page)).toMatchObject({ id })
    const command = page.getByRole('region', { name: 'Command' })
    expect(await command.textContent()).toBe(
      `curl -u "$NEWCOMER_API_KEY:" '${network.url}/v1/brands/${id}'`,
    )
    await checkLooks(page, 'found merchant')
    expect([...tab.faults, ...shop.faults]).toEqual([])
  })

  test("another organization's id is as one that there is not", async () => {
    const tab = await enterAs(network.publishers[1]!)
    const { page } = tab
    const textAt = async (id: string): Promise<string> => {
      await go(tab, id)
      const lost = page.getByText(NOTHING)
      await lost.waitFor().catch(async () => {
        throw new Error(`${id} led to ${page.url()}: ${await page.locator('main').textContent()}`)
      })
      return ((await page.locator('main').textContent()) ?? '').replaceAll(id, 'ID')
    }
    const texts = new Set<string>()
    for (const id of [ids.webhook, ids.import, ids.tx, ids.order, ids.event, CUSTOMER]) {
      texts.add(await textAt(id))
      texts.add(await textAt(id.replace(/[0-9a-f]{16}$/, '0000000000000000')))
    }
    texts.add(await textAt(merchant.organization.id.replace(/[0-9a-f]{16}$/, '0000000000000000')))
    texts.add(await textAt('req-0000000000000000'))
    texts.add(await textAt('<img src=x onerror=alert(1)>'))
    texts.add(await textAt('..%2f..%2fv1'))
    expect(texts.size).toBe(1)
    await checkLooks(page, 'no such id')
    expect(tab.faults).toEqual([])
  })

  test('the types of events are shown, each with an example and its schema', async () => {
    const { page, faults } = await enterAs(publisher)
    await page.getByRole('link', { name: 'Events' }).click()
    await page.getByRole('link', { name: 'Event types' }).click()
    const one = page.getByRole('region', { name: 'tx-validated', exact: true })
    await one.getByText('Example').click()
    const example = one.getByRole('region', { name: 'Example of tx-validated' })
    expect(JSON.parse((await example.textContent()) ?? '')).toMatchObject({
      event_type: 'tx-validated',
      data: { status: 'validated' },
    })
    await one.getByText('JSON Schema').click()
    await one.getByText(/"required"/).waitFor()
    await checkLooks(page, 'event types')
    expect(faults).toEqual([])
  })

  test('a page shows the calls that it made, without what opens anything', async () => {
    const { page, faults } = await enterAs(publisher)
    await page.getByRole('link', { name: 'Webhooks' }).click()
    await page.getByRole('link', { name: 'Mine' }).click()
    await page.getByRole('tab', { name: 'Settings' }).click()
    await page.getByLabel('Description').fill("Kim's")
    await button(page, 'Save').click()
    await page
      .getByText(/changed|saved/i)
      .first()
      .waitFor()
    await button(page, 'Calls of this page').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(/-X POST/).waitFor()
    const text = (await dialog.textContent()) ?? ''
    expect(text).toContain(
      `curl -u "$NEWCOMER_API_KEY:" '${network.url}/v1/webhooks/${ids.webhook}'`,
    )
    expect(text).toContain(String.raw`Kim'\''s`)
    expect(text).not.toContain('account/v1')
    expect(text).not.toContain(publisher.key)
    await checkLooks(page, 'calls of a page')
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: 'Imports' }).click()
    await heading(page, 'Imports').waitFor()
    await page.getByText(ids.import.slice(0, 15)).first().waitFor()
    await button(page, 'Calls of this page').click()
    await dialog
      .getByText(/v1\/imports/)
      .first()
      .waitFor()
    expect(await dialog.textContent()).not.toContain('-X POST')
    expect(faults).toEqual([])
  })
})

// What it holds is what the test is about to find out.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Found = any

/** The first of the list, as soon as it is so: a worker makes it. */
async function until(call: Call, path: string, isSo: (first: Found) => boolean): Promise<Found> {
  const look = async (): Promise<Found> => {
    const [first] = await must(call('GET', path))
    if (first === undefined || !isSo(first)) throw new Error(`${path} is not so far yet`)
    return first
  }
  return vi.waitFor(look, { timeout: 30_000, interval: 50 })
}
