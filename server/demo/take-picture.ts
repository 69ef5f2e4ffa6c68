import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { unpackChromium } from '../test/browser/chromium.ts'

/** Plays a part of the demo and takes the pictures of the dashboard that README.md shows: `npm run picture`. */

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const ARGUMENTS = ['--disable-warning=ExperimentalWarning', MAIN, '--build', '--orders', '3000']
const IS_PLAYED = /Ctrl-C/
const VISITORS = /: (http\S+\/dashboard)\n[^]*password of each: (\S+)\n/
const SIZE = { width: 1280, height: 860 }

/** Starts the demo, and lets `use` look at it once it is played. */
async function duringDemo(use: (output: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'newcomer-picture-'))
  const env = { ...process.env, PORT: '0', NEWCOMER_DATA: join(folder, 'data') }
  const demo = spawn(process.execPath, ARGUMENTS, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(demo, 'close')
  try {
    await use(await readStory(demo.stdout))
  } finally {
    demo.kill('SIGINT')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
}

/** What the demo says until it is played. It goes on being read: the demo says more at its end. */
function readStory(stdout: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    stdout.on('data', (chunk) => {
      output += String(chunk)
      if (IS_PLAYED.test(output)) resolve(output)
    })
    stdout.once('end', () => reject(new Error(`The demo ended, having said:\n${output}`)))
  })
}

interface Visitor {
  address: string
  password: string
}

/** A page of its own for whoever has that e-mail address. */
async function signIn(browser: Browser, { address, password }: Visitor, email: string) {
  const page = await browser.newPage({ viewport: SIZE, reducedMotion: 'reduce' })
  await page.goto(address)
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  return page
}

/** How the deliveries to a publisher's receiver went. */
async function showWebhook(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Webhooks', exact: true }).click()
  await page.getByRole('article').getByRole('link').first().click()
  await page.getByText('1 hour', { exact: true }).click()
  await page.getByRole('slider', { name: 'Deliveries over time' }).waitFor()
  // Nothing waits to be sent, and nothing of the page waits to be loaded.
  await page.getByLabel('Loading').waitFor({ state: 'detached' })
}

/** What became of the shop's history. */
async function showImport(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Imports', exact: true }).click()
  await page.getByRole('main').locator('a[href*="/imports/import-"]').first().click()
  await page.getByRole('heading', { name: 'Done' }).waitFor()
}

async function take(page: Page, name: string): Promise<void> {
  const path = fileURLToPath(new URL(`../../docs/${name}.png`, import.meta.url))
  await page.screenshot({ path })
  process.stdout.write(`Took ${path}.\n`)
}

await duringDemo(async (output) => {
  const [, address, password] = VISITORS.exec(output) ?? []
  if (address === undefined || password === undefined) {
    throw new Error(`The demo says of no visitor:\n${output}`)
  }
  const { executable, environment } = await unpackChromium()
  const browser = await chromium.launch({
    executablePath: executable,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    env: { ...process.env, ...environment },
  })
  try {
    const publisher = await signIn(browser, { address, password }, 'publisher@demo.example')
    await showWebhook(publisher)
    await take(publisher, 'dashboard')
    const shop = await signIn(browser, { address, password }, 'shop@demo.example')
    await showImport(shop)
    await take(shop, 'dashboard-import')
  } finally {
    await browser.close()
  }
})
