import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { pglite } from '../support/databases.ts'
import { must, useNetwork } from '../support/network.ts'
import { enter } from './act-for.ts'
import { checkLooks, useBrowser } from './browser.ts'
import type { Tab } from './browser.ts'

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

// Without types of browsers here, what runs in the page is text.
const COME_BACK = `dispatchEvent(new Event('focus'))
document.dispatchEvent(new Event('visibilitychange'))
dispatchEvent(new Event('visibilitychange'))`

describe('refreshing in the browser', () => {
  const browser = useBrowser()
  const network = useNetwork(pglite.create, { hasDashboard: true, publishers: 1 })

  /** A page whose clock is moved by hand, and the paths of `/v1` that it asks from then on. */
  async function open(path: string): Promise<Tab & { asked: string[] }> {
    const tab = await enter({ browser, url: network.url, member: network.publishers[0]!, path: '' })
    const { page } = tab
    await page.clock.install()
    await page.goto(`${page.url()}${path}`)
    const asked: string[] = []
    page.on('request', (request) => {
      const { pathname } = new URL(request.url())
      if (pathname.startsWith('/v1/')) asked.push(pathname)
    })
    return { ...tab, asked }
  }

  /** All that makes a page read anew: time, somebody who comes back to the tab, a line that was lost. */
  async function tempt({ page, context }: Tab): Promise<void> {
    await page.clock.fastForward(60_000)
    await page.evaluate(COME_BACK)
    await context.setOffline(true)
    await context.setOffline(false)
    await page.clock.fastForward(60_000)
  }

  test('stops on every page, and goes on with what has become old', async () => {
    const { call } = network.publishers[0]!
    const webhook = { url: 'https://hooks.example/', event_types: ['segment-change'] }
    const { id } = await must(call('POST', '/v1/webhooks', webhook))
    const tab = await open(`/webhooks/${id}`)
    const { page, asked, faults } = tab
    const stats = `/v1/webhooks/${id}/stats`
    await page.getByText('Half answer within').waitFor()
    asked.length = 0
    await page.clock.fastForward(20_000)
    await expect.poll(() => asked, { timeout: 10_000 }).toContain(stats)

    await button(page, 'Stop refreshing').click()
    await page.getByText(/^as of \d\d:\d\d:\d\d$/).waitFor()
    await checkLooks(page, 'refreshing stopped')
    asked.length = 0
    await tempt(tab)
    // What one opens is read as ever, and nothing else was.
    await page.getByRole('tab', { name: 'Replays' }).click()
    await expect.poll(() => asked, { timeout: 10_000 }).toEqual([`/v1/webhooks/${id}/replays`])
    await page.getByText('Nothing was replayed yet.').waitFor()
    await tempt(tab)
    await page.getByRole('link', { name: 'API keys' }).click()
    await page.getByRole('heading', { name: 'API keys' }).waitFor()
    await expect.poll(() => asked.slice(1), { timeout: 10_000 }).toEqual(['/v1/keys'])

    await page.goBack()
    asked.length = 0
    await button(page, 'Refresh again').click()
    await expect.poll(() => asked, { timeout: 10_000 }).toContain(`/v1/webhooks/${id}/replays`)
    expect(await page.getByText(/^as of /).count()).toBe(0)
    expect(faults.filter((fault) => !fault.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([])
  })

  test('stops what is watched as it happens', async () => {
    const tab = await open('/events')
    const { page, asked, faults } = tab
    await page.getByText('Watching.').waitFor()
    await expect.poll(() => asked, { timeout: 10_000 }).toContain('/v1/events')
    const ended = page.waitForEvent('requestfailed', (request) =>
      request.url().includes('/v1/events'),
    )
    await button(page, 'Stop refreshing').click()
    await ended
    await page.getByText('Paused.').waitFor()
    asked.length = 0
    await tempt(tab)
    await page.getByRole('link', { name: 'API keys' }).click()
    await expect.poll(() => asked, { timeout: 10_000 }).toEqual(['/v1/keys'])
    await page.goBack()
    await button(page, 'Go on').click()
    await page.getByText('Watching.').waitFor()
    await expect.poll(() => asked, { timeout: 10_000 }).toContain('/v1/events')
    await button(page, 'Stop refreshing').waitFor()
    expect(faults.filter((fault) => !fault.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([])
  })
})
