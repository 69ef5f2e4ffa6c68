import { Writable } from 'node:stream'
import type { WriteStream } from 'node:tty'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Locator, Page } from 'playwright-core'
import { createCaller } from '../../demo/caller.ts'
import type { Caller } from '../../demo/caller.ts'
import { createNetwork } from '../../demo/create-network.ts'
import type { DemoNetwork, Member as DemoMember } from '../../demo/create-network.ts'
import { importHistory } from '../../demo/import-history.ts'
import { startReceiver } from '../../demo/receiver.ts'
import type { Receiver } from '../../demo/receiver.ts'
import { replayPurchases } from '../../demo/replay.ts'
import type { Replay } from '../../demo/replay.ts'
import { createSendShopper } from '../../demo/send-shopper.ts'
import { signUp } from '../../demo/sign-up.ts'
import { lateSignUps, readStory } from '../../demo/story.ts'
import type { Story } from '../../demo/story.ts'
import { pglite } from '../support/databases.ts'
import { createCall, useNetwork } from '../support/network.ts'
import type { Member } from '../support/network.ts'
import { enter } from './act-for.ts'
import { useBrowser } from './browser.ts'

/* What each role comes to do, in at most three clicks or one paste, with the numbers that follow from the purchases. */

// So few that they load in seconds, and so many that publisher A is above the floor.
const ORDERS = 120
const MOST_CLICKS = 3
const nobody = new Writable({ write: (_chunk, _encoding, done) => done() }) as WriteStream

const usd = (cents: number): string => {
  const whole = Math.floor(cents / 100).toLocaleString('en')
  return `USD ${whole}.${String(cents % 100).padStart(2, '0')}`
}

describe('the jobs of each role in the browser', () => {
  const browser = useBrowser()
  const network = useNetwork(pglite.create, { hasDashboard: true, publishers: 0, merchants: 0 })
  const replay: Replay = { orders: 0, lateSignUps: 0, wronglyNew: 0, tokens: new Map() }
  let story: Story
  let demo: DemoNetwork
  let caller: Caller
  let receiver: Receiver

  beforeAll(async () => {
    const { url } = network
    story = await readStory({ isFull: false, orders: ORDERS })
    receiver = await startReceiver()
    caller = createCaller(url)
    demo = await createNetwork({ url, operatorKey: network.operator.key }, receiver)
    await importHistory(nobody, demo.merchant, story.history)
    await demo.switchSegmentsOn()
    for (const [index, each] of demo.publishers.entries()) {
      await signUp(each, story.audiences[index] ?? [])
    }
    const late = lateSignUps(demo.publishers, story.audiences)
    const sendShopper = createSendShopper(caller)
    await replayPurchases({ caller, network: demo, story, sendShopper, late }, replay)
  })
  afterAll(async () => {
    await caller.close()
    await receiver.close()
  })

  /** Opens Home, does the job, and holds it to its clicks. */
  async function walk(
    of: DemoMember & { role: 'publisher' | 'merchant' },
    job: (page: Page, click: (target: Locator) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const organization = { id: of.id, name: of.name, role: of.role }
    const member: Member = { organization, key: of.key, call: createCall(network.url, of.key) }
    const { page, context, faults } = await enter({ browser, url: network.url, member, path: '' })
    await page.getByRole('heading', { level: 1 }).waitFor()
    let clicks = 0
    await job(page, async (target) => {
      clicks++
      await target.click()
    })
    expect(clicks).toBeLessThanOrEqual(MOST_CLICKS)
    expect(faults).toEqual([])
    await context.close()
  }

  const asPublisher = (job: Parameters<typeof walk>[1]) =>
    walk({ ...demo.publishers[0]!, role: 'publisher' }, job)
  const asMerchant = (job: Parameters<typeof walk>[1]) =>
    walk({ ...demo.merchant, role: 'merchant' }, job)
  // The sidebar’s, which comes first: pages have links of the same name.
  const link = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).first()
  const ofA = () => story.truth.publishers[0]!
  const owedToA = () => ofA().paidNew + ofA().paidActive

  test('a publisher sees what each merchant pays for new and active, and whom to ask', () =>
    asPublisher(async (page, click) => {
      await click(link(page, 'Merchants'))
      await page.getByRole('row', { name: /CD shop.*approved.*new: 8 %.*active: 2\.5 %/ }).waitFor()
    }))

  test('a publisher answers why an order paid so little', () =>
    asPublisher(async (page, click) => {
      await click(link(page, 'Transactions'))
      const table = page.getByRole('table', { name: 'Transactions', exact: true })
      const row = table.getByRole('row', { name: /pending active/ }).first()
      await click(row.getByRole('link').first())
      await page.getByRole('region', { name: 'Why it is paid so' }).waitFor()
      const { client } = demo.publishers[0]!
      const { btn_ref: token } = await client.transactions.get(page.url().split('/').at(-1)!)
      const { segment, owed } = story.truth.verdicts.get(replay.tokens.get(token)!)!
      expect(segment).toBe('active')
      await page.getByText(usd(owed!.amount), { exact: true }).first().waitFor()
    }))

  test('a publisher checks what is owed, and takes it along for finance', () =>
    asPublisher(async (page, click) => {
      await click(link(page, 'Reports'))
      const chart = page.getByRole('region', { name: 'Commissions in USD' })
      await chart
        .getByText(`${usd(owedToA())} owed to you`)
        .first()
        .waitFor()
      await click(link(page, 'By segment'))
      await chart.getByRole('button', { name: 'Show a table' }).waitFor()
      // The third click: a download carries the session alone, and here is none.
      const href = await page.locator('a[href*="commissions.csv"]').getAttribute('href')
      const headers = { authorization: `Basic ${btoa(`${demo.publishers[0]!.key}:`)}` }
      const response = await fetch(new URL(href!, network.url), { headers })
      const [, ...lines] = (await response.text()).trim().split(/\r?\n/)
      const amounts = lines.map((line) => Number(line.split(',').at(-1)))
      expect(amounts.reduce((sum, amount) => sum + amount, 0)).toBe(owedToA())
    }))

  test('a publisher sees how many of its customers are matched', () =>
    asPublisher(async (page, click) => {
      await click(link(page, 'Match report'))
      const { customers, active } = ofA()
      const now = page.getByRole('region', { name: 'Your customers now' })
      await now.getByText(`Your customers: ${customers}`).waitFor()
      await now.getByText(new RegExp(`^Active at CD shop: ${active},`)).waitFor()
      await link(page, 'The match report as CSV').waitFor()
    }))

  test('a publisher finds one customer’s events by one paste', () =>
    asPublisher(async (page) => {
      const [, verdict] = [...story.truth.verdicts].find(([, { owed }]) => owed?.publisher === 0)!
      await page.keyboard.press('Control+k')
      await page.getByPlaceholder('A page, an organization').fill(verdict.owed!.customer)
      await page.keyboard.press('Enter')
      await page.waitForURL(`**/customers/${verdict.owed!.customer}`)
      await page.getByText('active', { exact: true }).first().waitFor()
    }))

  test('a publisher comes to a replay of its webhook, and to a new key', async () => {
    await asPublisher(async (page, click) => {
      await click(link(page, 'Webhooks'))
      await click(page.getByRole('main').getByRole('link').filter({ hasText: '127.0.0.1' }).first())
      await click(page.getByRole('tab', { name: 'Replays' }))
      await page.getByRole('tabpanel', { name: 'Replays' }).getByRole('button').first().waitFor()
    })
    await asPublisher(async (page, click) => {
      await click(link(page, 'API keys'))
      await click(page.getByRole('button', { name: 'Roll demo', exact: true }))
      await page.getByRole('dialog').waitFor()
    })
  })

  test('a merchant sees first what 8 % and 2 % would cost', () =>
    asMerchant(async (page, click) => {
      const sent = story.live.flatMap(({ orderId, total }) => {
        const verdict = story.truth.verdicts.get(orderId)!
        const percent = verdict.segment === 'new' ? 8 : 2
        return verdict.owed ? [{ ...verdict.owed, draft: Math.floor((total * percent) / 100) }] : []
      })
      const sumOf = (part: 'amount' | 'draft') => sent.reduce((sum, each) => sum + each[part], 0)
      await click(link(page, 'What if?'))
      await click(page.getByRole('button', { name: 'Try it', exact: true }))
      const outcome = page.getByRole('region', { name: 'Outcome in USD' })
      await outcome.getByText(`${sent.length} orders cost ${usd(sumOf('amount'))};`).waitFor()
      await outcome.getByText(`would have cost ${usd(sumOf('draft'))},`).waitFor()
    }))

  test('a merchant sees who brings new customers, and at what price', () =>
    asMerchant(async (page, click) => {
      await click(link(page, 'Reports'))
      await click(link(page, 'By publisher'))
      const chart = page.getByRole('region', { name: 'Commissions in USD' })
      await click(chart.getByRole('button', { name: 'Show a table' }))
      for (const [index, { name }] of demo.publishers.entries()) {
        const { transactions, paidNew, paidActive } = story.truth.publishers[index]!
        const row = chart.getByRole('row').filter({ hasText: name })
        await row.getByText(String(transactions), { exact: true }).waitFor()
        await row
          .getByText(usd(paidNew + paidActive), { exact: true })
          .first()
          .waitFor()
      }
    }))

  test('a merchant knows that its history was complete, and comes to taking it back', () =>
    asMerchant(async (page, click) => {
      await click(link(page, 'Imports'))
      await click(page.getByRole('main').getByRole('table').getByRole('link').first())
      await page.getByText(story.truth.imported.toLocaleString('en')).first().waitFor()
      await page.getByRole('button', { name: /^Undo/ }).waitFor()
    }))

  test('a merchant sees that orders arrive, conflicts, and publishers that ask', async () => {
    expect(replay.orders).toBe(story.truth.orders)
    await asMerchant(async (page, click) => {
      await click(link(page, 'Orders'))
      await page.getByRole('main').getByRole('table').waitFor()
      await click(link(page, 'Conflicts'))
      await page.getByRole('heading', { name: 'Conflicts', level: 1 }).waitFor()
      await click(link(page, 'Publishers'))
      await page.getByRole('row', { name: /Publisher B.*approved/ }).waitFor()
    })
  })
})
