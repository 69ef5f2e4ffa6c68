import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { chooseAudience, knownToA, knownToB } from '../../demo/audience.ts'
import { readPurchases, shoppersOf } from '../../demo/purchases.ts'
import { readStory } from '../../demo/story.ts'
import { dollars } from '../../demo/progress.ts'
import { conclude, isAsExpected, renderTable } from '../../demo/table.ts'
import { planRoutes } from '../../demo/route.ts'
import { computeTruth, KNOWN_SPRING, KNOWN_TRUTH } from '../../demo/truth.ts'

const MAIN = new URL('../../demo/main.ts', import.meta.url).pathname
const NODE_ARGS = ['--disable-warning=ExperimentalWarning', MAIN]

interface Demo {
  /** All that it has written so far. */
  output(): string
  /** Waits until it has written something that matches. */
  says(pattern: RegExp): Promise<string>
  kill(signal: NodeJS.Signals): void
  exitCode: Promise<number | null>
}

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'newcomer-demo-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

function startDemo(args: string[], env: Record<string, string>): Demo {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [...NODE_ARGS, ...args], {
    env: { PATH, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  }
  const exitCode = once(child, 'close').then(([code]) => code as number | null)
  async function says(pattern: RegExp): Promise<string> {
    while (!pattern.test(output)) {
      const ended = exitCode.then(() => {
        if (!pattern.test(output)) throw new Error(`the demo ended, having said:\n${output}`)
      })
      await Promise.race([once(child.stdout, 'data'), ended])
    }
    return output
  }
  return { output: () => output, says, kill: (signal) => void child.kill(signal), exitCode }
}

/** The commands that it invites to paste, read as a shell and curl would. */
function readCommands(output: string): { url: string; init: RequestInit }[] {
  const joined = output.replaceAll(/\\\n\s*/g, '')
  const commands = joined.matchAll(
    /^ *curl -u (\S+) (?:-H '([^']+)' -d '([^']+)' )?'?([^'\s]+)'?$/gm,
  )
  return [...commands].map(([, user = '', header, body, url = '']) => {
    const authorization = `Basic ${btoa(user)}`
    const [name = '', value = ''] = header?.split(': ') ?? []
    return body === undefined
      ? { url, init: { headers: { authorization } } }
      : { url, init: { method: 'POST', body, headers: { authorization, [name]: value } } }
  })
}

/** What somebody sees who has signed in as the demo says. */
interface Visit {
  email: string
  isOperator: boolean
  /** By name, with the permissions in them. */
  memberships: [name: string, permissions: string[]][]
  /** What the operator's list of organizations is answered with. */
  listStatus: number
}

/** Signs in by each of the accounts that the demo prints. */
async function visitAll(output: string): Promise<Visit[]> {
  const told =
    /browser, from each side: (\S+)\/dashboard\n([^]*?)the password of each: (\S+)\n/.exec(output)
  const [, site = '', accounts = '', password = ''] = told ?? []
  const url = site.replace('//localhost:', '//127.0.0.1:')
  const emails = [...accounts.matchAll(/\S+@\S+/g)].map(([email]) => email)
  return Promise.all(emails.map((email) => visit(url, { email, password })))
}

async function visit(url: string, account: { email: string; password: string }): Promise<Visit> {
  const headers = {
    'content-type': 'application/json',
    'newcomer-account': '1',
    'sec-fetch-site': 'same-origin',
  }
  const body = JSON.stringify(account)
  const signedIn = await fetch(`${url}/account/v1/sign-in`, { method: 'POST', headers, body })
  const cookie = signedIn.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  const me = await fetch(`${url}/account/v1/me`, { headers: { ...headers, cookie } })
  const { object } = (await me.json()) as {
    object: {
      is_operator: boolean
      memberships: { organization: { name: string }; permissions: string[] }[]
    }
  }
  const list = await fetch(`${url}/operator/v1/organizations`, { headers: { ...headers, cookie } })
  return {
    email: account.email,
    isOperator: object.is_operator,
    memberships: object.memberships.map((each) => [each.organization.name, each.permissions]),
    listStatus: list.status,
  }
}

test('a slice of the demo ends with a table in which every number is right', async () => {
  const temporary = await makeFolder()
  const demo = startDemo(['--once', '--orders', '1000'], { TMPDIR: temporary })
  const code = await demo.exitCode
  const output = demo.output()
  expect(output).toContain('Everything is as expected')
  expect(code).toBe(0)
  const rows = output.split('\n').filter((line) => line.endsWith('✓'))
  expect(rows).toHaveLength(37)
  expect(output).toMatch(/the shop's history: rows +2,\d{3} +2,\d{3} {2}✓/)
  expect(output).toMatch(/orders accepted +1,000 +1,000 {2}✓/)
  expect(output).toMatch(/a flat 5 % would have cost +\$\d[\d,]+\.\d\d +\$/)
  expect(output).toMatch(/^Paid by segment \$\S+ · a flat 5 % would have cost \$\S+ · /m)
  expect(output).not.toContain('✗')
  expect(await readdir(temporary), 'it takes away the folder that it made').toEqual([])
}, 120_000)

test('with --full all are live orders, and nothing is imported', async () => {
  const temporary = await makeFolder()
  const demo = startDemo(['--once', '--full', '--orders', '300'], { TMPDIR: temporary })
  const code = await demo.exitCode
  const output = demo.output()
  expect(output).toContain('Everything is as expected')
  expect(code).toBe(0)
  expect(output.split('\n').filter((line) => line.endsWith('✓'))).toHaveLength(33)
  expect(output).toMatch(/orders accepted +300 +300 {2}✓/)
  expect(output).not.toContain('history')
}, 120_000)

test('it keeps serving, its commands work, and an interrupt stops it cleanly', async () => {
  const folder = join(await makeFolder(), 'chosen')
  const demo = startDemo(['--orders', '50'], { NEWCOMER_DATA: folder })
  const owner = ['people', 'technical', 'commercial', 'customers']
  expect(await visitAll(await demo.says(/the password of each: \S+\n/))).toEqual([
    {
      email: 'publisher@demo.example',
      isOperator: false,
      memberships: [['Publisher A', owner]],
      listStatus: 403,
    },
    {
      email: 'shop@demo.example',
      isOperator: false,
      memberships: [['CD shop', owner]],
      listStatus: 403,
    },
    { email: 'operator@demo.example', isOperator: true, memberships: [], listStatus: 200 },
  ])
  const commands = readCommands(await demo.says(/Ctrl-C/))
  const answers = []
  for (const { url, init } of commands) {
    const response = await fetch(url, init)
    answers.push({ status: response.status, body: await response.json() })
  }
  expect(answers).toMatchObject([
    { status: 200, body: { object: { merchant_offers: [{ offers: [{ rate_percent: '8' }] }] } } },
    { status: 200, body: { object: { links: { universal: expect.stringContaining('/r/') } } } },
    { status: 200, body: { object: { order_id: 'my-first-order', total: 2299 } } },
    { status: 200, body: { object: { id: 'a-guest-1', segments: [{ name: 'active' }] } } },
    { status: 200, body: { objects: [{ publisher_customer_id: 'a-guest-1', amount: 183 }] } },
    { status: 200, body: { object: { segment: 'new', evidence: null } } },
  ])
  await demo.says(/Webhook to Publisher A: customer a-guest-1 went from new to active/)
  await demo.says(
    /Webhook to Publisher A: tx-pending, \$1\.83 for an order of new customer a-guest-1/,
  )
  demo.kill('SIGINT')
  expect(await demo.exitCode).toBe(0)
  expect(await readdir(folder), 'what it was given is kept').toContain('pg')
}, 120_000)

test('it serves on another port when the usual one is taken', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void taken.close())
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const demo = startDemo(['--orders', '1'], { PORT: String(port), TMPDIR: await makeFolder() })
  const [, served] = /serves http:\/\/127\.0\.0\.1:(\d+)/.exec(await demo.says(/serves .*,/)) ?? []
  expect(Number(served)).toBeGreaterThan(0)
  expect(Number(served)).not.toBe(port)
}, 60_000)

test('a fault of the environment or of an option is said in a sentence', async () => {
  const faulty = startDemo(['--once'], { PORT: 'many' })
  expect(await faulty.exitCode).toBe(1)
  expect(faulty.output()).toContain('PORT must be a whole number')
  const wrong = startDemo(['--orders', 'all'], {})
  expect(await wrong.exitCode).toBe(1)
  expect(wrong.output()).toContain('--orders must be a whole number')
  expect(wrong.output()).not.toContain('    at ')
})

test('the file and what is computed from it agree with what is known of it', async () => {
  for (const [isFull, known] of [
    [true, KNOWN_TRUTH],
    [false, KNOWN_SPRING],
  ] as const) {
    const { truth, history } = await readStory({ isFull })
    expect(truth).toMatchObject(known)
    expect(history).toHaveLength(isFull ? 0 : 20_200)
    const [a, b] = truth.publishers
    for (const publisher of [a, b]) {
      expect(publisher?.new).toBeGreaterThan(0)
      expect(publisher?.events).toBeLessThan(publisher?.active ?? 0)
      expect(publisher?.late).toBeGreaterThan(0)
    }
  }
})

test('a slice of the live orders has a slice of the history', async () => {
  const whole = await readStory({ isFull: false })
  for (const orders of [1, 50, 1_000]) {
    const { live, history, truth } = await readStory({ isFull: false, orders })
    expect(live).toEqual(whole.live.slice(0, orders))
    expect(truth.imported).toBeGreaterThan(0)
    expect(truth.imported).toBeLessThanOrEqual(4 * orders)
    const has = new Set(history.map(({ shopper }) => shopper))
    expect(history).toEqual(whole.history.filter(({ shopper }) => has.has(shopper)))
    const bought = new Set(live.map(({ shopper }) => shopper))
    const hadBought = [...bought].filter((shopper) =>
      whole.history.some((purchase) => purchase.shopper === shopper),
    )
    expect(hadBought.every((shopper) => has.has(shopper))).toBe(true)
  }
})

test('publishers know a half and a quarter of the shoppers, and some of the same', async () => {
  const shoppers = shoppersOf(await readPurchases())
  const [a, b] = [chooseAudience('a', shoppers, knownToA), chooseAudience('b', shoppers, knownToB)]
  const shoppersKnown = (people: typeof a) => new Set(people.flatMap((person) => person.shoppers))
  const [byA, byB] = [shoppersKnown(a), shoppersKnown(b)]
  expect(byA.size / shoppers.length).toBeCloseTo(1 / 2, 2)
  expect(byB.size / shoppers.length).toBeCloseTo(1 / 4, 2)
  expect(byA.intersection(byB).size / shoppers.length).toBeCloseTo(1 / 8, 2)
  expect(a.some(({ emails }) => emails.length > 1)).toBe(true)
  expect(new Set(a.map(({ id }) => id)).size, 'every id is one person').toBe(a.length)
})

test('a number that is not as expected is marked in the table', () => {
  const rows = [
    { name: 'orders', actual: 1200, expected: 1200 },
    { name: '  judged new', actual: 7, expected: 8 },
  ]
  expect(rows.map(isAsExpected)).toEqual([true, false])
  expect(renderTable(rows).split('\n').slice(1)).toEqual([
    '  orders             1,200       1,200  ✓',
    '    judged new           7           8  ✗',
  ])
  expect(conclude(rows, 1_000)).toMatchObject({ exitCode: 1 })
  expect(conclude(rows.slice(0, 1), 1_000).exitCode).toBe(0)
})

test('amounts are printed as dollars, to the cent', () => {
  const row = { name: 'paid', actual: 123_456_705, expected: 5, format: dollars }
  expect(renderTable([row]).split('\n')[1]).toBe('  paid  $1,234,567.05       $0.05  ✗')
})

test('what is expected: who sends whom, and what that pays', () => {
  const person = { emails: [], signsUpLate: false }
  const audiences = [
    [
      { ...person, id: 'couple', shoppers: ['1', '5'] },
      { ...person, id: 'a-2', shoppers: ['2'] },
    ],
    [
      { ...person, id: 'b-1', shoppers: ['1'] },
      { ...person, id: 'b-3', shoppers: ['3'], signsUpLate: true },
    ],
  ]
  const purchases = ['1', '2', '3', '3', '1', '1', '4'].map((shopper, index) => ({
    orderId: `o${index}`,
    shopper,
    date: '1997-01-01',
    total: 2_299,
  }))
  const routes = planRoutes(purchases, audiences)
  const truth = computeTruth({ history: [], live: purchases, audiences, routes })
  expect(
    [...routes].map(
      ([
        order,
        {
          person: { id },
        },
      ]) => [order, id],
    ),
  ).toEqual([
    ['o0', 'b-1'],
    ['o1', 'a-2'],
    ['o3', 'b-3'],
    ['o4', 'b-1'],
    ['o5', 'b-1'],
  ])
  expect(truth.verdicts.get('o3')).toMatchObject({
    segment: 'active',
    evidence: { source: 'order', order: 'o2' },
  })
  expect(truth).toMatchObject({ judgedNew: 4, judgedActive: 3 })
  // 8 % of 22.99, and 2.5 %, with what is less than a cent left away.
  expect(truth.publishers).toMatchObject([
    { transactions: 1, paidNew: 183, paidActive: 0, flat: 114 },
    { transactions: 4, paidNew: 183, paidActive: 3 * 57, flat: 4 * 114 },
  ])
})

test('what is expected: whoever is in the history is active from the start', () => {
  const person = { emails: [], signsUpLate: false }
  const audiences = [
    [
      { ...person, id: 'couple', shoppers: ['1', '2'] },
      { ...person, id: 'a-3', shoppers: ['3'] },
      { ...person, id: 'a-4', shoppers: ['4'] },
      { ...person, id: 'a-5', shoppers: ['5'] },
      { ...person, id: 'a-6', shoppers: ['6'], signsUpLate: true },
    ],
  ]
  const buy = (shopper: string, date: string) => ({
    orderId: `o${date}`,
    shopper,
    date,
    total: 2_299,
  })
  const history = [buy('1', '1997-01-05'), buy('3', '1997-01-09'), buy('1', '1997-02-01')]
  const live = [
    buy('1', '1997-03-01'),
    buy('2', '1997-03-02'),
    buy('2', '1997-03-03'),
    buy('4', '1997-03-04'),
    buy('6', '1997-03-05'),
    buy('6', '1997-03-06'),
  ]
  const truth = computeTruth({ history, live, audiences, routes: planRoutes(live, audiences) })
  expect(truth).toMatchObject({ imported: 2, orders: 6, judgedNew: 3, judgedActive: 3 })
  expect([...truth.verdicts.values()].map(({ evidence }) => evidence)).toEqual([
    { source: 'import', first: '1997-01-05', last: '1997-02-01' },
    null,
    { source: 'order', order: 'o1997-03-02' },
    null,
    null,
    { source: 'order', order: 'o1997-03-05' },
  ])
  // The couple and 3 are active from the start: of 4 alone there is news.
  expect(truth.publishers).toMatchObject([
    { customers: 5, new: 1, active: 4, events: 1, late: 1, transactions: 2 },
  ])
})

test('nobody signs up late who has bought before', () => {
  const shoppers = Array.from({ length: 28 }, (_each, index) => String(index))
  const lateOf = (past: Set<string>) =>
    chooseAudience('b', shoppers, () => true, past)
      .filter(({ signsUpLate }) => signsUpLate)
      .map(({ id }) => id)
  expect(lateOf(new Set())).toEqual(['b-7', 'b-27'])
  expect(lateOf(new Set(['7', '8']))).toEqual(['b-27'])
})
