import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { pglite } from '../support/databases.ts'
import { createCall, must, useNetwork } from '../support/network.ts'
import { enter } from './act-for.ts'
import type { Actor } from './act-for.ts'
import { checkLooks, useBrowser } from './browser.ts'
import type { Tab } from './browser.ts'

const HOSTILE = '<img src=x onerror=alert(1)>'

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: true })

describe('settings in the browser', () => {
  const browser = useBrowser()
  const network = useNetwork(pglite.create, { hasDashboard: true, publishers: 2, merchants: 1 })

  const enterAt = (path: string, actor: Actor = {}, width?: number): Promise<Tab> => {
    const member = network.publishers[0]!
    return enter({
      browser,
      url: network.url,
      member,
      path,
      actor,
      ...(width !== undefined && { width }),
    })
  }

  test('a key is created, used, rolled and revoked', async () => {
    const { page, faults } = await enterAt('/keys')
    await button(page, 'Create a key').click()
    await page.getByLabel(/^Name/).fill(HOSTILE)
    await checkLooks(page, 'create a key')
    await button(page, 'Create it').click()
    const first = await readSecret(page)
    await checkLooks(page, 'key shown')
    // Neither a click beside it nor Escape loses it.
    await page.mouse.click(5, 400)
    await page.keyboard.press('Escape')
    await button(page, 'I have stored it').click()
    await must(createCall(network.url, first)('GET', '/v1/organization'))

    await button(page, `Roll ${HOSTILE}`).click()
    await checkLooks(page, 'roll a key')
    await button(page, 'Make a new key').click()
    const second = await readSecret(page)
    expect(second).not.toBe(first)
    await button(page, 'I have stored it').click()
    await page.getByText('another has taken its place').first().waitFor()
    await checkLooks(page, 'keys')
    await page.reload()
    await page.getByText('another has taken its place').first().waitFor()
    expect(await page.content()).not.toContain(first)
    expect(await page.content()).not.toContain(second)

    // It was used: its name is to be typed.
    await button(page, `Revoke ${HOSTILE}`).first().click()
    const last = button(page, 'Revoke it')
    expect(await last.isDisabled()).toBe(true)
    await checkLooks(page, 'revoke a key')
    await page.getByLabel(/^Type its name/).fill(HOSTILE)
    await last.click()
    await page.getByText('The key is revoked.').waitFor()
    const { status } = await createCall(network.url, first)('GET', '/v1/organization')
    expect(status).toBe(401)
    expect(faults).toEqual([])
  })

  test('the organization has its name changed, and a merchant its profile', async () => {
    const { page, faults } = await enterAt('/organization')
    await page.getByLabel(/^Name/).fill(`Points ${HOSTILE}`)
    await button(page, 'Save').click()
    await page.getByText('It is changed.').waitFor()
    await checkLooks(page, 'organization of a publisher')
    expect(faults).toEqual([])

    const shop = await enter({
      browser,
      url: network.url,
      member: network.merchants[0]!,
      path: '/organization',
    })
    await shop.page.getByLabel('Homepage').fill('ftp://shop.example')
    await button(shop.page, 'Save').click()
    await shop.page.locator('[class*=Input-error]').first().waitFor()
    await checkLooks(shop.page, 'profile with a fault')
    await shop.page.getByLabel('Homepage').fill('https://shop.example')
    // The list below the field, of what was typed before, has its name too.
    const input = shop.page.locator('input:not([type=hidden])')
    await shop.page.getByLabel('Categories').and(input).fill('shoes')
    await shop.page.keyboard.press('Enter')
    await button(shop.page, 'Save').click()
    await shop.page.getByText('It is changed.').waitFor()
    const changed = await must(network.merchants[0]!.call('GET', '/v1/organization'))
    expect(changed).toMatchObject({ homepage: 'https://shop.example', categories: ['shoes'] })
    expect(shop.faults).toEqual([])
  })

  test('the audit log is narrowed by the address, and exported', async () => {
    const { call } = network.publishers[0]!
    await must(call('PATCH', '/v1/organization', { name: 'Before' }))
    await must(call('PATCH', '/v1/organization', { name: 'After' }))
    await must(call('POST', '/v1/keys', { name: 'for the log' }))
    const { page, faults } = await enterAt('/audit-log')
    await page.getByText('name: Before → After').first().waitFor()
    await checkLooks(page, 'audit log')
    await page.getByLabel('What', { exact: true }).fill('key')
    await button(page, 'Search').click()
    await page.waitForURL(/action=key/)
    await page.getByText('name: Before → After').first().waitFor({ state: 'detached' })
    await page.reload()
    await page.getByText('key.create').first().waitFor()
    await page.getByLabel('What', { exact: true }).fill('nothing')
    await button(page, 'Search').click()
    await page.getByText('Nothing matches.').waitFor()
    await checkLooks(page, 'audit log without a match')
    await button(page, 'Clear').click()
    const started = page.waitForEvent('download')
    await button(page, 'Export as CSV').click()
    const file = readFileSync(await (await started).path(), 'utf8')
    expect(file).toContain('key.create')
    await page.getByText('audit-log.export').first().waitFor()
    expect(faults).toEqual([])
  })

  test('the first page says what is to do, as the data has it', async () => {
    const { call } = network.publishers[1]!
    const tab = await enter({
      browser,
      url: network.url,
      member: network.publishers[1]!,
      path: '',
    })
    const { page, faults } = tab
    await page.getByText('A program of yours has called, or a file was brought in.').waitFor()
    await checkLooks(page, 'home')
    await page.getByRole('link', { name: 'Create a webhook' }).click()
    await page.getByRole('heading', { name: 'Create a webhook' }).waitFor()
    const { id } = await must(
      call('POST', '/v1/webhooks', { url: 'http://127.0.0.1:9/', event_types: ['segment-change'] }),
    )
    await must(call('POST', `/v1/webhooks/${id}/pause`))
    await page.getByRole('link', { name: 'Home' }).click()
    await page.reload()
    await page.getByText(/is paused: its events wait/).waitFor()
    await page.getByRole('link', { name: 'See why' }).click()
    await page
      .getByText(/Paused by hand/)
      .first()
      .waitFor()
    expect(faults).toEqual([])
  })

  test('who may only look is led to no page that refuses, and told what it needs', async () => {
    const { page, faults } = await enterAt('/keys', { permissions: [] })
    await page.getByText(/with the permission “technical”/).waitFor()
    const pages = await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').all()
    const names = await Promise.all(pages.map((each) => each.textContent()))
    expect(names.join(', ')).toBe(
      'Home, Merchants, Segments, Match report, Reports, Imports, Check a hash, Webhooks, Events, ' +
        'API reference, Organization, Your account',
    )
    expect(faults).toEqual([])
  })

  test('on a phone all pages are in the navigation, the own account too', async () => {
    const { page, faults } = await enterAt('/organization', {}, 360)
    await button(page, 'Navigation').click()
    await page.getByRole('link', { name: 'Your account' }).click()
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
    expect(faults).toEqual([])
  })

  test('the palette goes to pages, organizations and ids, by the keyboard alone', async () => {
    const { call } = network.publishers[0]!
    const { id } = await must(
      call('POST', '/v1/webhooks', {
        url: 'http://127.0.0.1:9/',
        event_types: ['segment-change'],
        description: 'Mine',
      }),
    )
    const { page, faults } = await enterAt('/organization')
    await page.getByRole('heading', { name: 'Organization' }).waitFor()
    const find = async (text: string) => {
      await page.keyboard.press('Control+k')
      await page.getByLabel('Find', { exact: true }).and(page.locator('input')).fill(text)
    }
    await find('')
    await page.getByRole('dialog').getByText('Audit log').waitFor()
    await checkLooks(page, 'palette')
    await page.keyboard.press('Escape')
    await find('audit')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/audit-log/)
    await find(id)
    await page.getByRole('dialog').getByText('Webhook', { exact: true }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('tab', { name: 'Overview' }).waitFor()
    await find('4711')
    await page.getByText('Deliveries to Mine about this customer').waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('Not found for your organization.').waitFor()
    await find('4711')
    await page.getByText('Deliveries to Mine about this customer').waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByText('Nothing matches.').waitFor()
    expect(await page.getByLabel('Customer id').inputValue()).toBe('4711')
    await find('no such thing')
    await page.getByText('Nothing has that name or id.').waitFor()
    expect(faults).toEqual([])
  })
})

async function readSecret(page: Page): Promise<string> {
  const secret = page.getByRole('dialog').getByText(/^sk-/)
  await secret.waitFor()
  return (await secret.textContent()) ?? ''
}
