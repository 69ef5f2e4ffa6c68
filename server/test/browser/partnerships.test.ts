import { beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { PASSWORD, setUpTokenOf } from '../members/people.ts'
import { pglite } from '../support/databases.ts'
import { createCall, must, useNetwork } from '../support/network.ts'
import type { Member } from '../support/network.ts'
import { enter } from './act-for.ts'
import type { Actor } from './act-for.ts'
import { checkLooks, openTab, useBrowser } from './browser.ts'

// No picture, frame or script may come of what somebody is called.
const HOSTILE = '<img src=x onerror=alert(1)>'

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: true })
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true })

describe('requests for partnerships in the browser', () => {
  const browser = useBrowser()
  const network = useNetwork(pglite.create, { hasDashboard: true, publishers: 2, merchants: 0 })
  let asking: Member
  let other: Member
  let shop: Member
  let quiet: Member

  const operator = (method: string, path: string, body: object) =>
    must(network.operator.call(method, `/operator/v1/organizations${path}`, body))

  async function createMerchant(name: string, answers_publishers: boolean): Promise<Member> {
    const organization = await operator('POST', '', { name, role: 'merchant' })
    const path = `/${organization.id}`
    await operator('PATCH', path, { answers_publishers, requests_per_minute: 0 })
    const { key } = await operator('POST', `${path}/keys`, { name: 'test' })
    return { organization, key, call: createCall(network.url, key) }
  }

  beforeAll(async () => {
    ;[asking, other] = [network.publishers[0]!, network.publishers[1]!]
    shop = await createMerchant(HOSTILE, true)
    quiet = await createMerchant('Quiet shop', false)
  })

  const enterAt = (member: Member, path: string, actor: Actor = {}) =>
    enter({ browser, url: network.url, member, path, actor })

  test('a publisher asks; the merchant is told at home, approves one and declines the other', async () => {
    const theirs = await enterAt(asking, '/merchants')
    const ask = button(theirs.page, `Ask ${HOSTILE} to work with you`)
    await ask.waitFor()
    await checkLooks(theirs.page, 'merchants to ask')
    // By the keyboard alone.
    await ask.focus()
    await theirs.page.keyboard.press('Enter')
    await theirs.page.getByText('asked; waits for an answer').first().waitFor()
    await must(other.call('POST', '/v1/partnerships', { merchant_id: shop.organization.id }))

    const { page, faults } = await enterAt(shop, '')
    await page.getByText('2 publishers ask to work with you.').waitFor()
    await page.getByRole('link', { name: 'Answer' }).click()
    await button(page, 'Approve publisher 1').waitFor()
    await checkLooks(page, 'publishers that ask')
    await button(page, 'Approve publisher 1').click()
    await page.getByText(/Only the operator ends a partnership/).waitFor()
    await checkLooks(page, 'approve a publisher')
    await button(page, 'Approve it').click()
    await button(page, 'Approve publisher 1').waitFor({ state: 'detached' })
    await button(page, 'Decline publisher 2').click()
    await button(page, 'Decline it').click()
    await page.getByRole('region', { name: 'Requests' }).waitFor({ state: 'detached' })
    await page.getByRole('row', { name: /publisher 1 approved/ }).waitFor()
    await page.getByText('30 days after a click').first().waitFor()

    await theirs.page.reload()
    await theirs.page.getByRole('row', { name: /approved/ }).waitFor()
    const declined = await enterAt(other, '/merchants')
    await declined.page
      .getByText(/The answer was no\. Ask again/)
      .first()
      .waitFor()
    await checkLooks(declined.page, 'merchants that said no')
    expect([...faults, ...theirs.faults, ...declined.faults]).toEqual([])
  })

  test('where the operator answers, its page lists requests first', async () => {
    const body = { merchant_id: quiet.organization.id }
    for (const each of [asking, other]) await must(each.call('POST', '/v1/partnerships', body))
    const theirs = await enterAt(quiet, '/publishers')
    await theirs.page.getByText('The operator answers them.').waitFor()
    expect(await theirs.page.getByRole('button', { name: /^Approve/ }).count()).toBe(0)
    await checkLooks(theirs.page, 'publishers that ask the operator')
    await theirs.page.goto(`/dashboard/o/${quiet.organization.id}`)
    await heading(theirs.page, 'To do').waitFor()
    await theirs.page.getByRole('region', { name: 'First steps' }).waitFor()
    expect(await theirs.page.getByText(/ask to work with you/).count()).toBe(0)

    const { page, faults } = await openTab(browser, network)
    await page.goto(`/dashboard/setup#${await setUpTokenOf(network)}`)
    await page.getByLabel('Your name').fill('Olu')
    await page.getByLabel('E-mail').fill('olu@network.example')
    await page.getByLabel(/^Password/).fill(PASSWORD)
    await button(page, 'Make my account').click()
    await heading(page, 'Overview').waitFor()
    await page.goto('/dashboard/operator/partnerships')
    await page.getByText(/2 wait for an answer/).waitFor()
    await checkLooks(page, 'requests for the operator')
    await button(page, 'Approve publisher 1 with Quiet shop').click()
    await page.getByText(/One waits for an answer/).waitFor()
    await button(page, 'Decline publisher 2 with Quiet shop').click()
    await page.getByRole('region', { name: 'Requests' }).waitFor({ state: 'detached' })
    await button(page, 'publisher 1 with Quiet shop: approved. Change it').waitFor()
    await button(page, 'publisher 2 with Quiet shop: not partners. Change it').waitFor()

    await page.goto(`/dashboard/operator/organizations/${quiet.organization.id}`)
    await page.getByLabel('The merchant answers publishers that ask').check()
    await button(page, 'Save the settings').click()
    await page.getByText('It is changed.').first().waitFor()
    // What is missing stands beside the switch, and the merchant sees the same.
    const missing = 'No file of purchasers was imported'
    await page.getByRole('region', { name: 'Readiness' }).getByText(missing).waitFor()
    await checkLooks(page, 'readiness for the operator')
    await theirs.page.goto(`/dashboard/o/${quiet.organization.id}/organization`)
    await theirs.page.getByRole('region', { name: 'Readiness' }).getByText(missing).waitFor()
    await theirs.page.getByText('you answer them').waitFor()
    await checkLooks(theirs.page, 'readiness')
    const own = await must(quiet.call('GET', '/v1/organization'))
    expect(own).toMatchObject({ answers_publishers: true })
    expect([...faults, ...theirs.faults]).toEqual([])
  })

  test('who may not has no button, and is told who may', async () => {
    const actor = { permissions: ['technical', 'customers'] }
    const third = await createMerchant('Third shop', true)
    const { page, faults } = await enterAt(asking, '/merchants', actor)
    await page.getByText('Third shop').first().waitFor()
    expect(await page.getByRole('button', { name: /^Ask/ }).count()).toBe(0)
    const body = { merchant_id: third.organization.id }
    await must(asking.call('POST', '/v1/partnerships', body))
    const theirs = await enterAt(third, '/publishers', actor)
    await theirs.page.getByText(/permission “commercial” answer them/).waitFor()
    expect(await theirs.page.getByRole('button', { name: /^Approve/ }).count()).toBe(0)
    expect([...faults, ...theirs.faults]).toEqual([])
  })
})
