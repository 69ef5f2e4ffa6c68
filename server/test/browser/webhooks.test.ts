import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { pglite } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must, useNetwork } from '../support/network.ts'
import { startReceiver } from '../support/receiver.ts'
import type { Receiver } from '../support/receiver.ts'
import { enter } from './act-for.ts'
import type { Actor } from './act-for.ts'
import { checkLooks, useBrowser } from './browser.ts'
import type { Tab } from './browser.ts'

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: true })

describe('webhooks in the browser', () => {
  const browser = useBrowser()
  const network = useNetwork(pglite.create, { hasDashboard: true, publishers: 2, merchants: 1 })
  let receiver: Receiver

  beforeAll(async () => {
    receiver = await startReceiver(204)
  })
  afterAll(() => receiver.close())

  const enterAt = (path: string, actor: Actor = {}): Promise<Tab> =>
    enter({ browser, url: network.url, member: network.publishers[0]!, path, actor })

  test('one is created, tried, looked into, paused, rotated, replayed and deleted', async () => {
    const { page, faults } = await enterAt('/webhooks')
    await page.getByText('You have no webhook.').waitFor()
    await checkLooks(page, 'webhooks empty')

    const secret = await createAndPing(page, receiver)
    await lookAround(page, receiver)
    await rotateAndDelete(page, secret)
    expect(faults).toEqual([])
  })

  test('who may only look is shown nothing to press', async () => {
    const { call } = network.publishers[0]!
    const { id } = await must(
      call('POST', '/v1/webhooks', { url: receiver.url, event_types: ['segment-change'] }),
    )
    const { page, faults } = await enterAt('/webhooks', { permissions: [] })
    const article = page.getByRole('article').last()
    await article.getByText('Last hour').waitFor()
    expect(await page.getByRole('link', { name: 'Create a webhook' }).count()).toBe(0)
    await article.getByRole('link').first().click()
    await page.getByRole('tab', { name: 'Deliveries' }).waitFor()
    expect(await page.getByRole('tab').allTextContents()).toEqual(['Overview', 'Deliveries'])
    expect(await button(page, 'Pause').count()).toBe(0)
    expect(faults).toEqual([])
    await must(call('DELETE', `/v1/webhooks/${id}`))
  })

  test("another organization's webhook is not there, and a delivery that is gone has a page", async () => {
    const { call } = network.publishers[1]!
    const { id } = await must(
      call('POST', '/v1/webhooks', { url: receiver.url, event_types: ['segment-change'] }),
    )
    const { page, faults } = await enterAt(`/webhooks/${id}`)
    await page.getByRole('alert').waitFor()
    await page.goto(`${page.url()}/deliveries/hook-0000000000000000`)
    await page.getByText('There is no such delivery.').waitFor()
    await checkLooks(page, 'no delivery')
    expect(faults).toEqual([])
  })

  test('events are watched as they happen, narrowed, paused and gone on with', async () => {
    const { page, faults } = await enterAt('/events')
    await page.getByText('Nothing has happened yet.').waitFor()
    await checkLooks(page, 'no events')
    await buy('a')
    await page.getByText(/customer-a: new → active, by order/).waitFor()
    await button(page, 'Pause').click()
    await buy('b')
    await button(page, 'Go on').click()
    await page.getByText(/customer-b: new → active, by order/).waitFor()
    await page.getByText(/customer-b: new → active, by order/).click()
    await page.getByRole('region', { name: /^Event hook-/ }).waitFor()
    // No webhook wants them: this screen is who was told.
    await page.getByText(/^[\d,]+ ms until it was told to this screen$/).waitFor()
    await checkLooks(page, 'events')
    expect(faults).toEqual([])
  })

  test('the first page shows each move with the milliseconds until the receiver had it', async () => {
    const { call } = network.publishers[0]!
    const { url } = receiver
    const webhook = { url, event_types: ['segment-change'], description: 'Payouts' }
    const { id } = await must(call('POST', '/v1/webhooks', webhook))
    const { page, faults } = await enterAt('')
    const ticker = page.getByRole('region', { name: 'Moves as they happen' })
    await ticker.getByText(/Watching\. Nobody has moved since you came\./).waitFor()
    await checkLooks(page, 'home with a ticker')
    await buy('c')
    await ticker.getByText(/customer-c from new to active, by order/).waitFor()
    const clock = ticker.getByText(/^[\d,]+ ms until it was told to Payouts$/)
    await clock.waitFor()
    const [{ attempts, created_date: happened }] = (
      await call('GET', `/v1/webhooks/${id}/deliveries`)
    ).body.objects
    const [{ at, duration_ms: took }] = attempts
    const ms = Date.parse(at) + took - Date.parse(happened)
    expect(await clock.innerText()).toBe(
      `${ms.toLocaleString('en')} ms until it was told to Payouts`,
    )
    await checkLooks(page, 'home with a move')
    await ticker.getByRole('link', { name: 'Payouts' }).click()
    await page.getByText('Attempt 1').waitFor()
    const viewer = await enterAt('', { permissions: [] })
    await viewer.page.getByRole('heading', { name: 'To do' }).waitFor()
    expect(await viewer.page.getByText('Moves as they happen').count()).toBe(0)
    expect([...faults, ...viewer.faults]).toEqual([])
    await must(call('DELETE', `/v1/webhooks/${id}`))
  })

  async function buy(name: string): Promise<void> {
    const [[publisher], [merchant]] = [network.publishers, network.merchants]
    const identifiers = { email_sha256: emailHash(name) }
    const customer = { id: `customer-${name}`, ...identifiers }
    await must(publisher!.call('POST', '/v1/customers', customer))
    const order = { order_id: `order-${name}`, currency: 'USD', total: 1000 }
    await must(merchant!.call('POST', '/v1/order', { ...order, customer: identifiers }))
  }
})

/** As fields for times have it. Nothing happened on those days. */
function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 19)
}

/** Answers the secret that was shown. */
async function createAndPing(page: Page, receiver: Receiver): Promise<string> {
  await page.getByRole('link', { name: 'Create a webhook' }).click()
  // What the server refuses stands beside its field.
  await page.getByLabel('URL').fill('ftp://receiver.example/')
  await button(page, 'Create it').click()
  await page.locator('[class*=Input-error]').first().waitFor()
  await checkLooks(page, 'create a webhook')
  await page.getByLabel('URL').fill(receiver.url)
  await page.getByLabel('Description').fill('<img src=x onerror=alert(1)>')
  await button(page, 'Create it').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(/^whsec_/).waitFor()
  const secret = (await dialog.getByText(/^whsec_/).textContent()) ?? ''
  await checkLooks(page, 'secret')
  // Neither a click beside it nor Escape loses it.
  await page.mouse.click(5, 400)
  await page.keyboard.press('Escape')
  expect(await dialog.isVisible()).toBe(true)
  await button(page, 'I have stored it').click()

  expect(await page.getByText('It works', { exact: true }).isVisible()).toBe(false)
  receiver.answer({ status: 500, headers: {} })
  await button(page, 'Send a ping').click()
  await page.getByText('It was not taken').waitFor()
  await page.getByText(/answered 500/).waitFor()
  receiver.answer(204)
  await button(page, 'Send another ping').click()
  await page.getByText('It works', { exact: true }).waitFor()
  await checkLooks(page, 'first ping')
  return secret
}

async function lookAround(page: Page, receiver: Receiver): Promise<void> {
  await page.getByRole('link', { name: 'Go to the webhook' }).click()
  await page.getByRole('tab', { name: 'Overview' }).waitFor()
  await page.getByText('Last hour').waitFor()
  await checkLooks(page, 'overview')

  await button(page, 'Pause').click()
  await page
    .getByText(/Paused by hand/)
    .first()
    .waitFor()
  await button(page, 'Resume').click()
  await button(page, 'Pause').waitFor()

  await page.getByRole('tab', { name: 'Deliveries' }).click()
  await page.getByText('2 on this page').waitFor()
  await checkLooks(page, 'deliveries')
  await page.getByRole('combobox', { name: 'State' }).click()
  await page.getByRole('option', { name: /^acknowledged/ }).click()
  await button(page, 'Search').click()
  await page.waitForURL(/state=acknowledged/)
  // The last ping is the first in the list; the one before may have been tried again and taken by now.
  await page.getByText(/^[12] on this page/).waitFor()
  await page
    .getByRole('link', { name: /^hook-/ })
    .first()
    .click()
  await page.getByText('Attempt 1: answered 204').waitFor()
  await checkLooks(page, 'delivery')
  await page.reload()
  await page.getByText('Attempt 1: answered 204').waitFor()

  await page.getByRole('link', { name: 'All deliveries of this webhook' }).click()
  await page.getByRole('tab', { name: 'Replays' }).click()
  await page.getByLabel(/^From/).fill(daysAgo(3))
  await page.getByLabel(/^Until/).fill(daysAgo(2))
  await button(page, 'Replay').click()
  await page.getByText('finished').first().waitFor()
  await checkLooks(page, 'replays')

  await page.getByRole('tab', { name: 'Test' }).click()
  await button(page, 'segment-change').click()
  await page.getByText('It works', { exact: true }).waitFor()
  expect(receiver.received.at(-1)?.body).toMatchObject({
    event_type: 'segment-change',
    test: true,
  })
  await checkLooks(page, 'test')
}

async function rotateAndDelete(page: Page, secret: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await page.getByRole('tab', { name: 'Settings' }).click()
  await button(page, 'Make a new secret').click()
  await dialog.getByText(/^whsec_/).waitFor()
  expect(await dialog.getByText(/^whsec_/).textContent()).not.toBe(secret)
  await button(page, 'I have stored it').click()
  await page.getByText(/The secret before this one ends/).waitFor()
  await checkLooks(page, 'settings')
  await page.reload()
  await page.getByText(/The secret before this one ends/).waitFor()
  expect(await page.content()).not.toContain('whsec_')

  await button(page, 'Delete the webhook …').click()
  const last = dialog.getByRole('button', { name: 'Delete it' })
  expect(await last.isDisabled()).toBe(true)
  await dialog.getByLabel(/^Type its name/).fill('<img src=x onerror=alert(1)>')
  await last.click()
  await page.getByText('You have no webhook.').waitFor()
}
