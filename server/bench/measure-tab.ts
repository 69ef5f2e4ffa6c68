import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { unpackChromium } from '../test/browser/chromium.ts'
import type { ProgramOptions } from './program.ts'
import { startStage } from './stage.ts'
import type { Place, Stage } from './stage.ts'
import { watchTabMemory } from './tab-memory.ts'
import type { TabMemory } from './tab-memory.ts'
import { admitVisitor } from './visitor.ts'
import type { Visitor } from './visitor.ts'

/** What a customer list with plain addresses costs a browser's tab that is as slow and narrow as a phone's. */
export interface Tab {
  rows: number
  /** From the choice of the file until all of it is hashed. */
  checkedMs: number
  /** From then until the server has looked at it, with a connection that was lost and a reload in between. */
  sentMs: number
  /** The longest that the page answered nothing, and how often that was for longer than 50 ms. */
  longestFreezeMs: number
  freezes: number
  memory: TabMemory
}

const PHONE = { viewport: { width: 360, height: 740 } }
// The page's own thread; the browser slows no workers down.
const SLOWER = 4
const LONGEST_MS = 1_200_000
// The connection is lost, and the page reloaded, when so much of the file is at the server.
const LOST_AT_PERCENT = 20
const RELOADED_AT_PERCENT = 50

// Without types of browsers here, what runs in the page is text.
const WATCH_FREEZES = `window.freezes = []
new PerformanceObserver((list) => freezes.push(...list.getEntries().map((each) => each.duration)))
  .observe({ type: 'longtask' })`

/** A list of `rows` customers goes from a file through the upload page of the dashboard. */
export async function measureTab(
  place: Place,
  rows: number,
  options: ProgramOptions,
): Promise<Tab> {
  await using things = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'newcomer-tab-'))
  things.defer(() => rm(folder, { recursive: true, force: true }))
  const file = await writePlainList(join(folder, 'customers.csv'), rows)
  const stage = await startStage('../src/main.ts', place, options)
  things.defer(() => stage.stop())
  const visitor = await admitVisitor(stage.url, stage.network.publisher, 'phone@bench.example')
  const browser = await launch()
  things.defer(() => browser.close())
  const page = await browser.newPage(PHONE)
  page.setDefaultTimeout(LONGEST_MS)
  await page.addInitScript({ content: WATCH_FREEZES })
  // A tab that sends a file asks before it goes.
  page.on('dialog', (dialog) => void dialog.accept())
  await enter(page, stage, visitor)
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  const memory = await watchTabMemory(browser, session)
  try {
    const times = await upload(page, file)
    return { rows, ...times, memory: memory.read() }
  } finally {
    memory.stop()
  }
}

async function upload(page: Page, file: string) {
  const beganAt = performance.now()
  await choose(page, file)
  const send = buttonOf(page, 'Send the hashes')
  await send.waitFor()
  const checkedAt = performance.now()
  await send.click()
  await waitUntilSent(page, LOST_AT_PERCENT)
  await page.context().setOffline(true)
  await page.locator('[role=status]', { hasText: 'The connection is lost' }).waitFor()
  await page.context().setOffline(false)
  await waitUntilSent(page, RELOADED_AT_PERCENT)
  const freezes = await readFreezes(page)
  await page.reload()
  await choose(page, file)
  await buttonOf(page, 'Go on sending').click()
  await buttonOf(page, 'Start: ').waitFor()
  const endedAt = performance.now()
  freezes.push(...(await readFreezes(page)))
  return {
    checkedMs: checkedAt - beganAt,
    sentMs: endedAt - checkedAt,
    longestFreezeMs: Math.max(0, ...freezes),
    freezes: freezes.length,
  }
}

// By its text: to look for roles, again and again, costs the page's thread more than the page does.
const buttonOf = (page: Page, text: string) => page.locator('button', { hasText: text })

/** From here on it counts how long the page takes for itself: what it took to load is over. */
async function choose(page: Page, file: string): Promise<void> {
  await buttonOf(page, 'Choose a file').waitFor()
  await page.evaluate('freezes.length = 0')
  await page.locator('input[type=file]').first().setInputFiles(file)
}

async function waitUntilSent(page: Page, percent: number): Promise<void> {
  const bar = `document.querySelector('[aria-label="Sent of the file"]')?.ariaValueNow ?? null`
  await page.locator('[aria-label="Sent of the file"]').waitFor({ state: 'attached' })
  for (;;) {
    const sent = await page.evaluate<string | null>(bar)
    if (sent === null) throw new Error(`The file was there before ${percent} % of it were seen.`)
    if (Number(sent) >= percent) return
    await pause(100)
  }
}

const readFreezes = (page: Page): Promise<number[]> => page.evaluate<number[]>('freezes')

async function writePlainList(path: string, rows: number): Promise<string> {
  const out = createWriteStream(path)
  out.write('user_id,email\n')
  for (let row = 0; row < rows; row++) {
    if (!out.write(`user-${row},person-${row}@shop.example\n`)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
  return path
}

async function launch(): Promise<Browser> {
  const { executable, environment } = await unpackChromium()
  return chromium.launch({
    executablePath: executable,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    env: { ...process.env, ...environment },
  })
}

async function enter(page: Page, { url, network }: Stage, visitor: Visitor): Promise<void> {
  await page.goto(`${url}/dashboard/o/${network.publisher.id}/imports/new`)
  await page.getByLabel('E-mail').fill(visitor.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(visitor.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: 'Choose a file' }).waitFor()
}
