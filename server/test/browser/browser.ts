import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AxeResults, RunOptions } from 'axe-core'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject } from 'vitest'
import { EFFORT } from '../support/effort.ts'
import { createStandIn } from '../support/stand-in.ts'

/** A page in a browser profile of its own, and all that went wrong in it. */
export interface Tab {
  page: Page
  context: BrowserContext
  /** Errors of scripts and of the console, and what the content security policy refused. */
  faults: string[]
}

export interface TabOptions {
  /** Of the server: paths that the page goes to are below it. */
  url: string
  width?: number
}

/** One browser for all tests of a file. */
export function useBrowser(): Readonly<Browser> {
  const { object, give, take } = createStandIn<Browser>('browser')
  beforeAll(async () => give(await launch()))
  afterAll(() => take()?.close())
  return object
}

function launch(): Promise<Browser> {
  const { executable, environment } = inject('chromium')
  return chromium.launch({
    executablePath: executable,
    // Nothing of what the package of the browser would add: that switches off what these tests are about. Whoever
    // is root, as in containers, gets no sandbox.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    env: { ...process.env, ...environment },
  })
}

// Without types of browsers here, what runs in the page is text.
const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) =>
  reportViolation(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample))`

export async function openTab(
  browser: Readonly<Browser>,
  { url, width = 1280 }: TabOptions,
): Promise<Tab> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height: 800 },
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
  })
  context.setDefaultTimeout(30_000)
  const faults: string[] = []
  await context.exposeFunction('reportViolation', (text: string) => faults.push(`refused: ${text}`))
  await context.addInitScript({ content: REPORT_VIOLATIONS })
  const page = await context.newPage()
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    // An answer that is an error is the page's business, which says so in words.
    const isAnswer = message.text().startsWith('Failed to load resource: the server responded')
    if (message.type() === 'error' && !isAnswer) faults.push(message.text())
  })
  return { page, context, faults }
}

/** What `npm run build` makes. */
export const dist = new URL('../../../dashboard/dist/', import.meta.url)

/** Colors do not go by the width, nor the layout by the colors: two looks show all, unless there is time for four. */
const LOOKS = [
  { colorScheme: 'light', width: 360 },
  { colorScheme: 'dark', width: 1280 },
  ...(EFFORT > 1
    ? [{ colorScheme: 'light', width: 1280 } as const, { colorScheme: 'dark', width: 360 } as const]
    : []),
] as const

const OPTIONS: RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  // Menus and lists that open lie outside of all landmarks, at the end of the document.
  rules: { region: { enabled: false } },
  resultTypes: ['violations'],
}

const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

/** What axe finds in the page as it is, a line a node. */
export async function listAxeFaults(page: Page): Promise<string[]> {
  // Once a document: to compile it takes a page as long as all that it looks for then.
  if (await page.evaluate("typeof axe === 'undefined'")) await page.evaluate(AXE)
  const { violations } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(OPTIONS)})`)
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary = '' }) => `${id} ${target.join(' ')}: ${failureSummary}`),
  )
}

// Also what stays in place while the page is scrolled, which makes no page wider. What only a screen reader meets
// lies to the left; what scrolls by itself, or is in what does, may be as wide as it is.
const LIST_STICKING_OUT = `[...document.querySelectorAll('body *')].filter((element) => {
  const { right, width } = element.getBoundingClientRect()
  if (width === 0 || right <= document.documentElement.clientWidth + 1) return false
  for (let each = element.parentElement; each; each = each.parentElement) {
    if (/auto|scroll|hidden|clip/.test(getComputedStyle(each).overflowX) && each !== document.body) return false
  }
  return true
}).map((element) => element.outerHTML.slice(0, 120))`

// Colors that change with the scheme do so over some frames, here and there.
const END_TRANSITIONS = `Promise.all(document.getAnimations()
  .filter((animation) => animation instanceof CSSTransition)
  .map(({ finished }) => finished.catch(() => undefined))).then(() => undefined)`

/**
 * Holds the page as it is to what every page must be, light and dark, on a phone and on a desk: nothing for axe to
 * find, nothing that sticks out to the right. With `SCREENS=<folder>` it leaves a picture of each there.
 */
export async function checkLooks(page: Page, name: string): Promise<void> {
  const before = page.viewportSize()
  const screens = process.env['SCREENS']
  for (const { colorScheme, width } of LOOKS) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 800 })
    const look = `${name}, ${colorScheme}, ${width} px`
    // The frame around the page takes a moment to make way.
    const sticking = () => page.evaluate<string[]>(LIST_STICKING_OUT)
    await expect.poll(sticking, { message: `${look}: sticks out`, timeout: 15_000 }).toEqual([])
    await page.evaluate(END_TRANSITIONS)
    expect(await listAxeFaults(page), look).toEqual([])
    if (screens === undefined) continue
    mkdirSync(screens, { recursive: true })
    const path = join(screens, `${name.replaceAll(' ', '-')}-${colorScheme}-${width}.png`)
    await page.screenshot({ path, fullPage: true })
  }
  if (before) await page.setViewportSize(before)
  await page.emulateMedia({ colorScheme: 'light' })
}
