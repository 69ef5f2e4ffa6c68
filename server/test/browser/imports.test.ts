import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { createImportCalls } from '../imports/import-calls.ts'
import { pglite } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { useNetwork } from '../support/network.ts'
import { enter } from './act-for.ts'
import { checkLooks, useBrowser } from './browser.ts'
import { startRecordingProxy } from './recording-proxy.ts'
import type { RecordingProxy } from './recording-proxy.ts'

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

describe('imports in the browser', () => {
  const browser = useBrowser()
  const network = useNetwork(pglite.create, { hasDashboard: true, publishers: 3, merchants: 1 })
  let proxy: RecordingProxy

  beforeAll(async () => {
    proxy = await startRecordingProxy(network.url)
  })
  afterAll(() => proxy.close())

  test('a file of plain addresses is hashed here, sent, started, mended and taken back', async () => {
    const member = network.publishers[0]!
    const { page, faults } = await enter({ browser, url: proxy.url, member, path: '/imports' })
    await page.getByText('No file was imported yet.').waitFor()
    await checkLooks(page, 'imports empty')
    await page.getByRole('link', { name: 'New import' }).first().click()
    await page.getByRole('button', { name: 'Choose a file' }).waitFor()
    await checkLooks(page, 'new import')

    await chooseFile(page, plantedFile())
    await page.getByText('0 plain addresses').waitFor()
    await page.getByText('2,003 rows').waitFor()
    await checkLooks(page, 'file checked')
    await page.getByRole('button', { name: 'Send the hashes' }).click()

    const start = page.getByRole('button', { name: 'Start: 2,000 created, 3 rejected' })
    await start.waitFor()
    await checkLooks(page, 'import ready')
    await start.click()
    await page.getByRole('heading', { name: 'Done' }).waitFor()
    await page
      .getByText('2,000 created + 0 updated + 0 unchanged + 3 rejected = 2,003 rows')
      .first()
      .waitFor()
    await checkLooks(page, 'import done')
    const imports = createImportCalls(network.url, member)
    expect(await imports.rejects(await idOfRejects(page))).toContain('[not an address]')

    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('dialog').getByText('Take this import back?').waitFor()
    await checkLooks(page, 'undo asked')
    await page.getByRole('button', { name: 'Take it back' }).click()
    await page.getByRole('heading', { name: 'Taken back' }).waitFor()
    await page.getByText('Taken back from 2,000 customers.').waitFor()
    await checkLooks(page, 'import undone')

    expect(proxy.sent.join('\n')).toContain(emailHash('planted-7'))
    expect(proxy.sent.filter((each) => /planted-\d+(@|%40|.?@)/.test(each))).toEqual([])
    expect(faults).toEqual([])
  })

  test('a replacement that takes much away asks for the number, and anew where it has changed', async () => {
    const member = network.publishers[1]!
    const imports = createImportCalls(network.url, member)
    await imports.run(fileOf('old', 200))
    const { page, faults } = await enter({
      browser,
      url: network.url,
      member,
      path: '/imports/new',
    })
    await chooseFile(page, `${fileOf('old', 100)}`)
    await page.getByLabel(/^This file is everybody/).check()
    await page.getByRole('button', { name: 'Send the hashes' }).click()
    await page.getByText('100 customers would lose something').waitFor()
    await checkLooks(page, 'import held back')
    await page.getByRole('button', { name: /^Start: .*100 removed$/ }).click()
    const dialog = page.getByRole('dialog', { name: '100 customers would lose something' })
    await dialog.waitFor()
    await checkLooks(page, 'losses asked')
    const sure = page.getByRole('button', { name: 'Replace, and take it away' })
    await dialog.getByLabel('Type 100 to start it').fill('99')
    expect(await sure.isDisabled()).toBe(true)

    // Meanwhile a program brings ten customers more, who would be taken away too.
    await imports.run(fileOf('more', 10))
    await dialog.getByLabel('Type 100 to start it').fill('100')
    await sure.click()
    await page.getByText('It was 100 when you confirmed it, and is 110 now.').waitFor()
    await checkLooks(page, 'losses asked anew')
    await page.getByLabel('Type 110 to start it').fill('110')
    await sure.click()
    await page.getByRole('heading', { name: 'Done' }).waitFor()
    await page.getByText('110 customers lost what earlier files gave them.').waitFor()
    expect(faults).toEqual([])
  })

  test('a file that was broken off goes on after a reload, with the same file', async () => {
    const member = network.publishers[2]!
    const { page, context, faults } = await enter({
      browser,
      url: network.url,
      member,
      path: '/imports/new',
    })
    await chooseFile(page, fileOf('again', 500))
    await page.getByText('500 rows').first().waitFor()
    const gate = '**/v1/imports/*/file*'
    await context.route(gate, (route) => route.abort())
    await page.getByRole('button', { name: 'Send the hashes' }).click()
    await page.getByText('The connection is lost', { exact: true }).waitFor()
    await checkLooks(page, 'import lost')
    page.on('dialog', (dialog) => void dialog.accept())
    await page.reload()
    await page.getByText(/of the file have come/).waitFor()
    // Not before: the tab tries again by itself, and would be done.
    await context.unroute(gate)
    await checkLooks(page, 'import broken off')
    await chooseFile(page, fileOf('again', 500))
    await page.getByRole('button', { name: 'Go on sending' }).click()
    await page.getByRole('button', { name: 'Start: 500 created' }).click()
    await page.getByRole('heading', { name: 'Done' }).waitFor()
    // What the browser says of the call that was cut off.
    const others = faults.filter((fault) => !fault.includes('ERR_FAILED'))
    expect(others).toEqual([])
  })

  test('a merchant says first whether its customers have bought', async () => {
    const member = network.merchants[0]!
    const { page, faults } = await enter({
      browser,
      url: network.url,
      member,
      path: '/imports/new',
    })
    await chooseFile(page, fileOf('bought', 3))
    const send = page.getByRole('button', { name: 'Send the hashes' })
    await send.waitFor()
    expect(await send.isDisabled()).toBe(true)
    await page.getByLabel(/^Yes, every one/).check()
    await send.click()
    await page.getByText(/are active at your shop from then on/).waitFor()
    expect(faults).toEqual([])
  })
})

async function chooseFile(page: Page, content: string): Promise<void> {
  const file = { name: 'customers.csv', mimeType: 'text/csv', buffer: Buffer.from(content) }
  await page.locator('input[type=file]').first().setInputFiles(file)
}

/** Where a click leads: the tab acts by a key, which goes along with calls and not with downloads. */
async function idOfRejects(page: Page): Promise<string> {
  const link = page.getByRole('link', { name: 'Download the 3 rejected rows' })
  const href = await link.getAttribute('href')
  return (
    /^\/v1\/imports\/(import-\w+)\/rejects\.csv\?organization=org-\w+$/.exec(href ?? '')?.[1] ?? ''
  )
}

/** Plain addresses in every column, and three rows without one that is one. */
function plantedFile(): string {
  const rows = numbers(2_000).map(
    (n) => `planted-id-${n},planted-${n}@shop.example,"note of planted-${n}@shop.example"\n`,
  )
  const broken = numbers(3).map((n) => `broken-${n},no address @ all,\n`)
  return `user_id,email,note\n${rows.join('')}${broken.join('')}`
}

function fileOf(name: string, count: number): string {
  const rows = numbers(count).map((n) => `${name}-${n},${emailHash(`${name} ${n}`)}\n`)
  return `user_id,email_sha256\n${rows.join('')}`
}
