import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
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

describe('the chart of a webhook', () => {
  const browser = useBrowser()
  const network = useNetwork(pglite.create, { hasDashboard: true, publishers: 1, merchants: 1 })
  let receiver: Receiver
  let id: string

  beforeAll(async () => {
    receiver = await startReceiver({ status: 500, headers: { 'retry-after': '1' } }, 204)
    const { call } = network.publishers[0]!
    const webhook = { url: receiver.url, event_types: ['segment-change'] }
    id = (await must(call('POST', '/v1/webhooks', webhook))).id as string
    for (const name of ['a', 'b']) await buy(name)
    const sums = async () => {
      const { buckets } = await must(call('GET', `/v1/webhooks/${id}/series?hours=1`))
      const counts = buckets as { acknowledged: number; failed: number }[]
      const sum = (name: 'acknowledged' | 'failed') =>
        counts.reduce((before, each) => before + each[name], 0)
      return [sum('acknowledged'), sum('failed')]
    }
    await vi.waitFor(async () => expect(await sums()).toEqual([2, 1]), 60_000)
  })
  afterAll(() => receiver.close())

  async function buy(name: string): Promise<void> {
    const identifiers = { email_sha256: emailHash(name) }
    const customer = { id: `customer-${name}`, ...identifiers }
    await must(network.publishers[0]!.call('POST', '/v1/customers', customer))
    const money = { currency: 'USD', total: 1000 }
    const order = { order_id: `order-${name}`, ...money, customer: identifiers }
    await must(network.merchants[0]!.call('POST', '/v1/order', order))
  }

  async function openChart(actor: Actor = {}): Promise<Tab> {
    const [member, path] = [network.publishers[0]!, `/webhooks/${id}`]
    const tab = await enter({ browser, url: network.url, member, path, actor })
    // What another test has replayed is among them.
    await tab.page.getByText(/hours: [2-9] acknowledged, 1 failed, 0 given up\./).waitFor()
    return tab
  }

  test('says what it shows, in a sentence and a table, for each of its lengths', async () => {
    const { page, faults } = await openChart()
    await page.getByText(/^Events that were sent in the last 48 hours/).waitFor()
    await page.getByText(/Most failed at/).waitFor()
    await page.getByText(/ At the slowest, 99 % were answered within [\d,.]+ m?s\.$/).waitFor()
    const chart = page.getByRole('slider', { name: 'Deliveries over time' })
    // The line has an end where nothing was answered before or after.
    expect(await chart.locator('circle').count()).toBeGreaterThan(0)
    expect(await chart.getAttribute('aria-valuemax')).toBe('95')
    await checkLooks(page, 'chart')
    await page.getByText('1 hour', { exact: true }).click()
    await page.getByText(/^Events that were sent in the last hour/).waitFor()
    expect(await chart.getAttribute('aria-valuemax')).toBe('59')
    await button(page, 'Show a table').click()
    await page.getByRole('table', { name: 'Deliveries over time' }).waitFor()
    await checkLooks(page, 'chart as a table')
    expect(faults).toEqual([])
  })

  test('a time that is dragged over is replayed, once it is said how many events that are', async () => {
    const { page, faults } = await openChart()
    const before = receiver.received.length
    const chart = page.getByRole('slider', { name: 'Deliveries over time' })
    expect(await button(page, 'Replay this time …').isDisabled()).toBe(true)
    const { x, y, width, height } = (await chart.boundingBox())!
    await page.mouse.move(x + width / 2, y + height / 2)
    await page.mouse.down()
    await page.mouse.move(x + width - 1, y + height / 3, { steps: 5 })
    await page.mouse.up()
    const hoursOf = async () => {
      const values = await page.getByLabel(/^(From|Until)/).all()
      const [from, until] = await Promise.all(values.map((each) => each.inputValue()))
      return (Date.parse(until!) - Date.parse(from!)) / 3_600_000
    }
    // Half of the chart, up to now.
    expect(Math.abs((await hoursOf()) - 24)).toBeLessThan(1)
    await checkLooks(page, 'chart with a selection')

    await button(page, 'Replay this time …').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('2 events', { exact: true }).waitFor()
    await checkLooks(page, 'replay of a selection')
    await dialog.getByRole('combobox', { name: 'Only those that were' }).click()
    await page.getByRole('option', { name: 'expired' }).click()
    await dialog.getByText('There are none.').waitFor()
    expect(await button(page, 'Replay').isDisabled()).toBe(true)
    await dialog.getByRole('combobox', { name: 'Only those that were' }).click()
    await page.getByRole('option', { name: 'acknowledged' }).click()
    await button(page, 'Replay 2 events').click()

    await page.waitForURL(/tab=replays/)
    await page.getByText('2 of 2').first().waitFor()
    const again = receiver.received.slice(before)
    expect(again).toHaveLength(2)
    for (const { body } of again) expect(body['replay_id']).toMatch(/^replay-/)
    expect(faults).toEqual([])
  })

  test('the keyboard alone goes along it, selects and asks for a replay', async () => {
    const { page, faults } = await openChart()
    const chart = page.getByRole('slider', { name: 'Deliveries over time' })
    await chart.focus()
    await page.keyboard.press('End')
    const spoken = () => chart.getAttribute('aria-valuetext')
    expect(await spoken()).toMatch(/99 % answered within|nothing was sent/)
    await page.keyboard.press('Home')
    expect(await spoken()).toMatch(/nothing was sent/)
    await page.keyboard.press('Shift+End')
    expect(await page.getByLabel(/^From/).inputValue()).not.toBe('')
    await page.keyboard.press('Escape')
    expect(await page.getByLabel(/^From/).inputValue()).toBe('')
    await page.keyboard.press('Shift+ArrowLeft')
    await page.keyboard.press('Shift+Home')
    await page.keyboard.press('Shift+End')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('2 events', { exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(faults).toEqual([])
  })

  test('who may only look sees it, and is offered no replay', async () => {
    const { page, faults } = await openChart({ permissions: [] })
    await page.getByRole('slider', { name: 'Deliveries over time' }).waitFor()
    expect(await button(page, 'Replay this time …').count()).toBe(0)
    expect(await page.getByLabel(/^From/).count()).toBe(0)
    expect(faults).toEqual([])
  })
})
