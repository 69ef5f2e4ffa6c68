import { describe, expect, test } from 'vitest'
import { pglite } from '../support/databases.ts'
import { useNetwork } from '../support/network.ts'
import { checkLooks, listAxeFaults, openTab, useBrowser } from './browser.ts'

describe('the page to sign in on', () => {
  const browser = useBrowser()
  const network = useNetwork(pglite.create, { hasDashboard: true })

  test('has no fault, in any look', async () => {
    const { page, faults } = await openTab(browser, network)
    await page.goto('/dashboard/sign-in')
    await page.getByRole('heading', { level: 1 }).waitFor()
    await checkLooks(page, 'sign in')
    expect(faults).toEqual([])
  })

  test('is where whoever is not signed in is led to, and back from', async () => {
    const { page, faults } = await openTab(browser, network)
    await page.route('**/account/v1/me', (route) =>
      route.fulfill({ status: 401, json: { meta: { status: 'error' } } }),
    )
    await page.goto('/dashboard/account')
    await page.waitForURL(/\/dashboard\/sign-in\?next=/)
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(faults).toEqual([])
  })

  test('what it must not have is found: scripts and styles of others, a word too pale', async () => {
    const { page, faults } = await openTab(browser, network)
    await page.goto('/dashboard/sign-in')
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.evaluate(`document.body.append(
      Object.assign(document.createElement('style'), { textContent: 'h1 { color: #ccc }' }))`)
    await expect.poll(() => faults).toContainEqual(expect.stringMatching(/^refused: style-src/))
    await page.evaluate(`fetch('http://127.0.0.2:1/').catch(() => 0)`)
    await expect.poll(() => faults).toContainEqual(expect.stringMatching(/^refused: connect-src/))
    const markup = page.evaluate(`document.body.insertAdjacentHTML('beforeend', '<b>bold</b>')`)
    await expect(markup).rejects.toThrow()
    await page.evaluate(`document.querySelector('h1').style.color = '#ccc'`)
    expect(await listAxeFaults(page)).toEqual([expect.stringMatching(/^color-contrast/)])
  })
})
