import { describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { PASSWORD, setUpTokenOf } from '../members/people.ts'
import { pglite } from '../support/databases.ts'
import { createCall, must, useNetwork } from '../support/network.ts'
import { enter } from './act-for.ts'
import { checkLooks, openTab, useBrowser } from './browser.ts'
import type { Tab } from './browser.ts'

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: true })
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true })

// The form: no picture, frame or script may come of what somebody is called.
const HOSTILE = '<img src=x onerror=alert(1)>'

describe('the operator in the browser', () => {
  const browser = useBrowser()
  const network = useNetwork(pglite.create, { hasDashboard: true, publishers: 1, merchants: 0 })
  const operated: { tab?: Tab } = {}

  /** The first operator, signed in by the link of the first start. */
  async function openOperator(): Promise<Tab> {
    if (operated.tab) return operated.tab
    const tab = await openTab(browser, network)
    await tab.page.goto(`/dashboard/setup#${await setUpTokenOf(network)}`)
    await tab.page.getByLabel('Your name').fill('Olu')
    await tab.page.getByLabel('E-mail').fill('olu@network.example')
    await tab.page.getByLabel(/^Password/).fill(PASSWORD)
    await button(tab.page, 'Make my account').click()
    // Who belongs to no organization is led to what they run.
    await heading(tab.page, 'Overview').waitFor()
    operated.tab = tab
    return tab
  }

  test('makes an organization, invites its owner, who accepts, and approves a partnership', async () => {
    const { page, faults } = await openOperator()
    await page.getByRole('link', { name: 'Organizations' }).click()
    await heading(page, 'Organizations').waitFor()
    await checkLooks(page, 'operator organizations')
    const links = await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').all()
    const names = await Promise.all(links.map((each) => each.textContent()))
    expect(names).toEqual([
      ...['Overview', 'Organizations', 'Partnerships', 'Verify', 'People', 'Audit log'],
      'Your account',
    ])

    await button(page, 'Create an organization').click()
    await page.getByLabel(/^Name/).fill(HOSTILE)
    await page.getByLabel('Merchant').check()
    await checkLooks(page, 'create an organization')
    await button(page, 'Create it').click()
    await heading(page, HOSTILE).waitFor()
    await page.getByText('Nobody yet. Invite an owner').waitFor()

    const link = await inviteBy(page, 'Invite somebody', 'kim@shop.example')
    await page.getByText('kim@shop.example').first().waitFor()
    await checkLooks(page, 'operated organization')

    const owner = await openTab(browser, network)
    await owner.page.goto(`/dashboard/invitation${new URL(link).hash}`)
    await owner.page.getByLabel('Your name').fill(HOSTILE)
    await owner.page.getByLabel(/^Password/).fill(PASSWORD)
    await button(owner.page, 'Accept').click()
    await heading(owner.page, HOSTILE).waitFor()
    // A member is no operator: neither the pages nor the way to them.
    const groups = owner.page.getByRole('navigation', { name: 'Pages' }).getByRole('group')
    expect(await groups.filter({ hasText: 'Partnerships' }).count()).toBe(0)
    await owner.page.goto('/dashboard/operator/partnerships')
    await heading(owner.page, 'For operators').waitFor()

    await page.reload()
    await page.getByText('people, technical, commercial, customers').first().waitFor()
    await page.getByRole('link', { name: 'Partnerships' }).click()
    const cell = page.getByRole('button', { name: new RegExp(`^publisher 1 with .*not partners`) })
    await cell.waitFor()
    await checkLooks(page, 'partnerships')
    // By the keyboard alone.
    await cell.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByLabel('approved').focus()
    await page.keyboard.press('Space')
    await checkLooks(page, 'change a partnership')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: /^publisher 1 with .*approved/ }).waitFor()
    const [shop] = await must(network.publishers[0]!.call('GET', '/v1/merchants'))
    expect(shop).toMatchObject({ name: HOSTILE, status: 'approved' })
    expect([...faults, ...owner.faults]).toEqual([])
  })

  test('changes settings, and makes and revokes a key of an organization', async () => {
    const { page, faults } = await openOperator()
    const { organization } = network.publishers[0]!
    await page.goto(`/dashboard/operator/organizations/${organization.id}`)
    await page.getByLabel('Requests a minute').fill('600')
    await button(page, 'Save the settings').click()
    await page.getByText('It is changed.').first().waitFor()
    const path = `/operator/v1/organizations/${organization.id}`
    expect(await must(network.operator.call('GET', path))).toMatchObject({
      requests_per_minute: 600,
    })
    // What is of merchants is not asked of a publisher.
    expect(await page.getByLabel(/^Segments/).count()).toBe(0)

    await button(page, 'Create a key').click()
    await page.getByRole('dialog').getByLabel(/^Name/).fill(HOSTILE)
    await button(page, 'Create it').click()
    const shown = page.getByRole('dialog').getByText(/^sk-/)
    await shown.waitFor()
    const key = (await shown.textContent()) ?? ''
    await checkLooks(page, 'operated key')
    await button(page, 'I have stored it').click()
    await must(createCall(network.url, key)('GET', '/v1/organization'))
    await page.reload()
    await button(page, `Revoke ${HOSTILE}`).click()
    expect(await page.content()).not.toContain(key)
    const name = page.getByRole('dialog').getByLabel(/^Type its name/)
    await name.fill(HOSTILE)
    await button(page, 'Revoke it').click()
    await button(page, `Revoke ${HOSTILE}`).waitFor({ state: 'detached' })
    expect((await createCall(network.url, key)('GET', '/v1/organization')).status).toBe(401)
    expect(faults).toEqual([])
  })

  test('segments of a merchant are switched on', async () => {
    const { page, faults } = await openOperator()
    const fields = { name: 'Switched', role: 'merchant' }
    const { id } = await must(network.operator.call('POST', '/operator/v1/organizations', fields))
    await page.goto('/dashboard/operator/organizations')
    await page.getByRole('link', { name: 'Switched' }).click()
    await page.getByLabel(/^Segments/).check()
    await page.getByRole('combobox', { name: /^Verdict/ }).click()
    await page.getByRole('option', { name: /both say so/ }).click()
    await button(page, 'Save the settings').click()
    await page.getByText('It is changed.').first().waitFor()
    const path = `/operator/v1/organizations/${id}`
    expect(await must(network.operator.call('GET', path))).toMatchObject({
      customer_segments: true,
      verdict_policy: 'both_must_agree',
    })
    await checkLooks(page, 'operated merchant')
    expect(faults).toEqual([])
  })

  test('another operator is invited, helped and removed; the last one stays', async () => {
    const { page, faults } = await openOperator()
    await page.goto('/dashboard/operator/people')
    const link = await inviteBy(page, 'Invite an operator', 'ola@network.example')
    await page.getByRole('row', { name: /ola@network\.example be an operator/ }).waitFor()
    await checkLooks(page, 'operator people')
    const other = await openTab(browser, network)
    await other.page.goto(`/dashboard/invitation${new URL(link).hash}`)
    await other.page.getByLabel('Your name').fill('Ola')
    await other.page.getByLabel(/^Password/).fill(PASSWORD)
    await button(other.page, 'Accept').click()
    await heading(other.page, 'Overview').waitFor()

    await page.reload()
    await choose(page, 'Ola', 'Make a link to choose a password')
    await checkLooks(page, 'help a person')
    await button(page, 'Make the link').click()
    await page
      .getByRole('dialog')
      .getByText(/\/reset#/)
      .waitFor()
    await button(page, 'I have stored it').click()
    await choose(page, 'Ola', 'Remove from the operators')
    await button(page, 'Remove them').click()
    await page.getByText('They are no operator any more.').waitFor()
    await other.page.reload()
    await heading(other.page, 'Sign in').waitFor()

    await choose(page, 'Ola', 'Erase')
    const erase = button(page, 'Erase them')
    expect(await erase.isDisabled()).toBe(true)
    await page.getByLabel(/^Type the address/).fill('ola@network.example')
    await checkLooks(page, 'erase a person')
    await erase.click()
    await page.getByText('The person is erased.').waitFor()
    await button(page, 'Help or remove Ola').waitFor({ state: 'detached' })

    await choose(page, 'Olu', 'Remove from the operators')
    await button(page, 'Remove them').click()
    await page.getByText(/The last operator stays/).waitFor()
    await button(page, 'Leave it').click()

    await inviteBy(page, 'Invite an operator', 'una@network.example')
    await button(page, 'Withdraw the invitation of una@network.example').click()
    await page.getByText('Its link is good for nothing now.').waitFor()
    await page.getByText('Nobody is invited.').waitFor()
    expect([...faults, ...other.faults]).toEqual([])
  })

  test('many are narrowed by their names, and a phone has a list', async () => {
    const { page, faults } = await openOperator()
    const create = (name: string, role: string) =>
      must(network.operator.call('POST', '/operator/v1/organizations', { name, role }))
    for (let count = 1; count <= 8; count++) await create(`Many ${count}`, 'merchant')
    await page.goto('/dashboard/operator/partnerships?merchant=many')
    await page.getByText('1 to 6 of 8 merchants').waitFor()
    await button(page, 'Further merchants').click()
    await page.getByText('7 to 8 of 8 merchants').waitFor()
    await page.getByRole('textbox', { name: 'Merchants' }).fill('many 3')
    await page.getByRole('columnheader', { name: 'Many 3' }).waitFor()
    expect(await page.getByRole('columnheader').count()).toBe(2)
    await page.setViewportSize({ width: 360, height: 800 })
    await page.getByRole('list', { name: 'Partnerships' }).waitFor()
    await page.getByRole('button', { name: /^publisher 1 with Many 3/ }).click()
    await page.getByRole('dialog').waitFor()
    await page.getByLabel(/^Days/).fill('7')
    await button(page, 'Change it').click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const [found] = await must(
      network.operator.call('GET', '/operator/v1/partnerships?status=available'),
    )
    expect(found).toMatchObject({ attribution_days: 7 })
    await page.setViewportSize({ width: 1280, height: 800 })
    expect(faults).toEqual([])
  })

  test('a request is looked up by its id in the journals of all, where operators read', async () => {
    const { page, faults } = await openOperator()
    const response = await fetch(`${network.url}/v1/keys`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`${network.publishers[0]!.key}:`)}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ name: HOSTILE }),
    })
    const request = response.headers.get('x-request-id')!
    await page.goto(`/dashboard/go/${request}`)
    await page.waitForURL(`**/operator/audit-log?request_id=${request}`)
    await page.getByText('key.create').first().waitFor()
    expect(await page.getByRole('row').count()).toBe(2)
    await checkLooks(page, 'operator audit log')
    await page.getByRole('link', { name: 'publisher 1' }).first().click()
    await heading(page, 'publisher 1').waitFor()
    await page.goto('/dashboard/operator/audit-log')
    await page.getByLabel('Organization', { exact: true }).fill('operator')
    await button(page, 'Search').click()
    await page.waitForURL(/organization=operator/)
    await page.getByText('person.').first().waitFor()
    await page.goto('/dashboard/go/req-0000000000000000')
    await page.getByText('Nothing that you can see has this id.').waitFor()
    expect(faults).toEqual([])
  })

  test('the palette leads to the pages of operators, and only those', async () => {
    const { page, faults } = await openOperator()
    await page.goto('/dashboard/account')
    await heading(page, 'Your account').waitFor()
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('A page, an organization').fill('partnerships')
    await page.keyboard.press('Enter')
    await heading(page, 'Partnerships').waitFor()
    const member = network.publishers[0]!
    const other = await enter({ browser, url: network.url, member, path: '' })
    await heading(other.page, 'publisher 1').waitFor()
    await other.page.keyboard.press('Control+k')
    await other.page.getByPlaceholder('A page, an organization').fill('partnerships')
    await other.page.getByRole('dialog').getByText('Customer', { exact: true }).waitFor()
    expect(await other.page.getByRole('dialog').getByText('Operator').count()).toBe(0)
    expect([...faults, ...other.faults]).toEqual([])
  })
})

/** Answers the link, which is shown this once. */
async function inviteBy(page: Page, opens: string, email: string): Promise<string> {
  await button(page, opens).click()
  await page.getByLabel(/^E-mail/).fill(email)
  await checkLooks(page, opens)
  await button(page, 'Invite').click()
  const shown = page.getByRole('dialog').getByText(/^https?:/)
  await shown.waitFor()
  const link = (await shown.textContent()) ?? ''
  await button(page, 'I have stored it').click()
  return link
}

async function choose(page: Page, name: string, action: string): Promise<void> {
  await button(page, `Help or remove ${name}`).click()
  await page.getByRole('menuitem', { name: action }).click()
  await page.getByRole('dialog').waitFor()
}
