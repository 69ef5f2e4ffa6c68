import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { systemClock } from '../../src/kernel/clock.ts'
import { codeOf, PASSWORD, setUpTokenOf } from '../members/people.ts'
import { pglite } from '../support/databases.ts'
import { must, useNetwork } from '../support/network.ts'
import { checkLooks, openTab, useBrowser } from './browser.ts'
import type { Tab } from './browser.ts'

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: true })

// The form: no picture, frame or script may come of what somebody is called.
const HOSTILE = '<img src=x onerror=alert(1)>'

describe('people in the browser', () => {
  const browser = useBrowser()
  const network = useNetwork(pglite.create, { hasDashboard: true, publishers: 2, merchants: 1 })

  /** Opens the link of an invitation in a profile of its own and makes an account. */
  async function accept(link: string, name: string): Promise<Tab> {
    const tab = await openTab(browser, network)
    await tab.page.goto(`/dashboard/invitation${new URL(link).hash}`)
    await tab.page.getByLabel('Your name').fill(name)
    await tab.page.getByLabel(/^Password/).fill(PASSWORD)
    return tab
  }

  test('the first operator is made by the link of the first start, and by it once', async () => {
    const token = await setUpTokenOf(network)
    const { page, faults } = await openTab(browser, network)
    await page.goto(`/dashboard/setup#${token}`)
    await page.getByLabel('Your name').fill('Olu')
    await page.getByLabel('E-mail').fill('olu@network.example')
    await page.getByLabel(/^Password/).fill(PASSWORD)
    await checkLooks(page, 'set up')
    await button(page, 'Make my account').click()
    // Who operates and belongs to no organization makes some.
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    expect(page.url()).not.toContain(token)
    await checkLooks(page, 'operator entrance')
    const again = await openTab(browser, network)
    await again.page.goto(`/dashboard/setup#${token}`)
    await again.page.getByLabel('Your name').fill('Eve')
    await again.page.getByLabel('E-mail').fill('eve@elsewhere.example')
    await again.page.getByLabel(/^Password/).fill(PASSWORD)
    await button(again.page, 'Make my account').click()
    await again.page.getByRole('alert').waitFor()
    expect([...faults, ...again.faults]).toEqual([])
  })

  test('an owner is invited, adds a second factor, invites others, changes and removes them', async () => {
    const { call, organization } = network.publishers[0]!
    const email = 'kim@publisher.example'
    const { link } = await must(call('POST', '/v1/invitations', { email, preset: 'owner' }))
    const owner = await accept(link, 'Kim')
    const { page } = owner
    await checkLooks(page, 'invitation')
    await button(page, 'Accept').click()
    await page.waitForURL(new RegExp(`/o/${organization.id}`))

    await page.goto('/dashboard/account')
    await addTotp(page)
    await page.goto(`/dashboard/o/${organization.id}/people`)
    await page.getByText('authenticator app').first().waitFor()
    const invited = await inviteEngineer(page)
    await checkLooks(page, 'people')

    const engineer = await accept(invited, HOSTILE)
    await button(engineer.page, 'Accept').click()
    await engineer.page.waitForURL(new RegExp(`/o/${organization.id}`))
    await engineer.page.goto(`/dashboard/o/${organization.id}/webhooks`)
    await engineer.page.getByText('You have no webhook.').waitFor()

    await page.reload()
    await button(page, `Change what ${HOSTILE} may do`).click()
    await page.getByLabel(/^Viewer/).check()
    await checkLooks(page, 'change a member')
    await button(page, 'Change it').click()
    await page.getByText('It is changed.').waitFor()
    // The rights are others: so is the session, and what was shown can't be gone on with.
    await engineer.page.reload()
    await engineer.page.getByRole('heading', { name: 'Sign in' }).waitFor()

    await button(page, `Remove ${HOSTILE}`).click()
    await checkLooks(page, 'remove a member')
    await button(page, 'Remove them').click()
    await page.getByText('The member is removed.').waitFor()
    // The last one with the permission stays.
    await button(page, 'Remove Kim').click()
    await button(page, 'Remove them').click()
    await page.getByText('That did not work').waitFor()
    await signInAnew(page, email)
    expect([...owner.faults, ...engineer.faults]).toEqual([])
  })

  test('rejected rows are downloaded by a link, with the cookie of the session', async () => {
    const { call, organization } = network.publishers[1]!
    const fields = { email: 'ana@publisher.example', preset: 'engineer' }
    const { link } = await must(call('POST', '/v1/invitations', fields))
    const { page, faults } = await accept(link, 'Ana')
    await button(page, 'Accept').click()
    await page.waitForURL(new RegExp(`/o/${organization.id}`))
    await page.goto(`/dashboard/o/${organization.id}/imports/new`)
    const content = 'user_id,email\n1,one@mail.example\n2,no address @ all\n'
    const file = { name: 'customers.csv', mimeType: 'text/csv', buffer: Buffer.from(content) }
    await page.locator('input[type=file]').first().setInputFiles(file)
    await button(page, 'Send the hashes').click()
    await button(page, 'Start: 1 created, 1 rejected').click()
    await page.getByRole('heading', { name: 'Done' }).waitFor()
    const started = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download the 1 rejected row' }).click()
    const rejects = readFileSync(await (await started).path(), 'utf8')
    expect(rejects).toContain('2,[not an address]')
    expect(faults).toEqual([])
  })
})

async function addTotp(page: Page): Promise<void> {
  await checkLooks(page, 'account')
  await button(page, 'Add an authenticator app').click()
  await button(page, 'Make a key').click()
  const shown = await page.getByRole('region', { name: "The app's secret" }).textContent()
  const secret = (shown ?? '').replaceAll(' ', '')
  await checkLooks(page, 'authenticator app')
  await page.getByLabel('Code', { exact: false }).last().fill(codeOf(secret, systemClock))
  await button(page, 'Confirm').click()
  await page.getByRole('cell', { name: 'Authenticator app' }).first().waitFor()
}

/** Answers the link, which is shown this once. */
async function inviteEngineer(page: Page): Promise<string> {
  await button(page, 'Invite somebody').click()
  await page.getByLabel(/^E-mail/).fill('lee@publisher.example')
  await page.getByLabel(/^Engineer/).check()
  await checkLooks(page, 'invite')
  await button(page, 'Invite').click()
  const shown = page.getByRole('dialog').getByText(/^https?:/)
  await shown.waitFor()
  const link = (await shown.textContent()) ?? ''
  await checkLooks(page, 'invitation link')
  await button(page, 'I have stored it').click()
  await page.getByRole('cell', { name: 'lee@publisher.example', exact: true }).waitFor()
  return link
}

/** Signs out, after which nothing is shown any more, and in again with the second factor. */
async function signInAnew(page: Page, email: string): Promise<void> {
  await page.keyboard.press('Escape')
  await button(page, 'Sign out').click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.goBack()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel(/^Password/).fill('a wrong password')
  await button(page, 'Sign in').click()
  await page.getByRole('alert').waitFor()
  await page.getByLabel(/^Password/).fill(PASSWORD)
  await button(page, 'Sign in').click()
  await page.getByRole('heading', { name: 'Second factor' }).waitFor()
  await checkLooks(page, 'second factor')
}
