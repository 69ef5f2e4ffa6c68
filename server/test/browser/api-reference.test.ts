import { describe, expect, test } from 'vitest'
import { readDescribed } from '../support/described-schemas.ts'
import { pglite } from '../support/databases.ts'
import { useNetwork } from '../support/network.ts'
import { enter } from './act-for.ts'
import { checkLooks, useBrowser } from './browser.ts'

describe('the API reference in the browser', () => {
  const browser = useBrowser()
  const network = useNetwork(pglite.create, { hasDashboard: true, publishers: 1 })

  test('has every operation of /v1, finds one, and says all of it', async () => {
    const member = network.publishers[0]!
    const { page, faults } = await enter({ browser, url: network.url, member, path: '/api' })
    await page.getByRole('heading', { name: 'API reference' }).waitFor()
    await page.getByText(/This organization has “.+”/).waitFor()
    const described = Object.entries(readDescribed().paths).flatMap(([path, methods]) =>
      path.startsWith('/v1/') ? Object.values(methods) : [],
    )
    const operations = page.locator('details.operation')
    await operations.first().waitFor()
    expect(await operations.count()).toBe(described.length)
    await checkLooks(page, 'api reference')

    await page.getByLabel('Find an operation').fill('create webhook secret')
    const found = page.locator('details#createWebhook')
    await found.waitFor()
    expect(await operations.count()).toBe(1)
    // By the keyboard, and kept in the address.
    await found.locator('summary').focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(/operation=createWebhook/)
    await found.getByText('event_types').first().waitFor()
    const curl = await found.getByRole('region', { name: 'By curl' }).textContent()
    expect(curl).toContain(`curl -u "$NEWCOMER_API_KEY:" '${network.url}/v1/webhooks'`)
    expect(curl).toContain('-X POST')
    expect(curl).toContain("-H 'Content-Type: application/json'")
    expect(curl).toMatch(/-d '\{.*"event_types":/)
    const client = found.getByRole('region', { name: 'By our client, in Node' })
    const code = await client.textContent()
    expect(code).toMatch(/client\.webhooks\.create\(\{\s*"url": "https:/)
    await found.getByRole('region', { name: 'Answer, an example' }).waitFor()
    await found.getByText('409', { exact: true }).waitFor()
    await checkLooks(page, 'api operation')

    await page.goto(page.url().replace('createWebhook', 'getDelivery'))
    const other = page.locator('details#getDelivery')
    const way = await other.getByRole('region', { name: 'By our client, in Node' }).textContent()
    expect(way).toContain("client.webhooks.delivery('webhook', 'event')")
    await page.goBack()
    await found.getByRole('region', { name: 'By curl' }).waitFor()
    await page.getByLabel('Find an operation').fill('nothing like this')
    await page.getByText('No operation has these words.').waitFor()
    expect(faults).toEqual([])
  })

  test('has an address for everybody, and names no keys to who may not see them', async () => {
    const member = network.publishers[0]!
    const actor = { permissions: [] }
    const { page, faults } = await enter({ browser, url: network.url, member, path: '', actor })
    await page.goto('/dashboard/api')
    await page.waitForURL(new RegExp(`/o/${member.organization.id}/api$`))
    await page.getByRole('heading', { name: 'API reference' }).waitFor()
    await page.locator('details.operation').first().waitFor()
    expect(await page.getByText(/This organization has/).count()).toBe(0)
    expect(await page.getByRole('link', { name: 'Make or replace a key' }).count()).toBe(0)
    expect(faults).toEqual([])
  })
})
