import { execFile } from 'node:child_process'
import {
  access,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFakeImports } from './fake-imports.ts'
import { failure, many, one, startServer } from './stub-server.ts'
import type { Answer } from './stub-server.ts'

const run = promisify(execFile)
const client = resolve(import.meta.dirname, '..')
const root = resolve(client, '..')
const typescript = join(root, 'node_modules/typescript/bin/tsc')

/** Programs of the package's users run on the oldest Node.js that it promises to run on. */
const oldestNode = join(client, 'node_modules/node/bin/node')

// Two runs of the compiler and two of npm, on a machine that may be busy.
const compileTimeoutMs = 300_000

let folder: string
let installed: string
let examples: string[]
let complaints: string | undefined

/** A project of somebody else's: the packed package is installed, the README's examples are code. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'newcomer-client-'))
  const tarball = await pack(join(folder, 'packing'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  await run('npm', ['install', '--offline', '--no-audit', tarball], { cwd: folder })
  installed = join(folder, 'node_modules/@newcomer/client')
  await symlink(join(root, 'node_modules/@types'), join(folder, 'node_modules/@types'))

  const readme = await readFile(join(installed, 'README.md'), 'utf8')
  examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code ?? '')
  await Promise.all(examples.map((code, at) => writeFile(join(folder, `example-${at}.ts`), code)))
  complaints = await compileExamples()
}, compileTimeoutMs)

/** Packs a copy, so that nothing is built in the folder of the sources. Answers the tarball's path. */
async function pack(workspace: string): Promise<string> {
  const copy = join(workspace, 'client')
  await mkdir(copy, { recursive: true })
  await symlink(join(root, 'node_modules'), join(workspace, 'node_modules'))
  await cp(join(root, 'tsconfig.base.json'), join(workspace, 'tsconfig.base.json'))
  for (const name of await readdir(client)) {
    if (name === 'node_modules' || name === 'dist') continue
    await cp(join(client, name), join(copy, name), { recursive: true })
  }
  // What an earlier build left behind is not to be published.
  await mkdir(join(copy, 'dist'))
  await writeFile(join(copy, 'dist/left-over.js'), '')
  const { stdout } = await run('npm', ['pack', '--json', '--silent'], { cwd: copy })
  const [packed] = JSON.parse(stdout) as { filename: string }[]
  return join(copy, packed?.filename ?? '')
}

/** Answers what the compiler complains about. */
async function compileExamples(): Promise<string | undefined> {
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess']
  const modules = ['--module', 'nodenext', '--target', 'es2023', '--types', 'node']
  const files = examples.map((_, at) => `example-${at}.ts`)
  const command = [typescript, ...strict, ...modules, ...files]
  return run(process.execPath, command, { cwd: folder }).then(
    () => undefined,
    (error: { stdout: string }) => error.stdout,
  )
}

afterAll(async () => {
  await rm(folder, { recursive: true })
})

test('the README’s examples compile against the package as published', () => {
  expect(examples.length).toBeGreaterThan(10)
  expect(complaints).toBeUndefined()
})

/** The program of the one example that has this text: a number would be another's with each new example. */
function programOf(text: string): string {
  const found = examples.flatMap((code, at) => (code.includes(text) ? [`example-${at}.js`] : []))
  expect(found, `examples with ${text}`).toHaveLength(1)
  return found[0] ?? ''
}

/** Runs the examples with these texts against a server with these answers, and answers what they printed. */
async function play(texts: string[], ...answers: Answer[]): Promise<string[]> {
  const server = await startServer(...answers)
  const env = { NEWCOMER_URL: server.url, NEWCOMER_API_KEY: 'sk-0123456789abcdef' }
  const printed = []
  for (const text of texts) {
    const { stdout } = await run(oldestNode, [programOf(text)], { cwd: folder, env })
    printed.push(stdout)
  }
  return printed.join('').split('\n').slice(0, -1)
}

test('the examples about customers and orders print what they say', async () => {
  const segments = [{ id: 'segment-1', organization_id: 'org-1', name: 'new' }]
  const rejected = { message: 'Not a hash', type: 'InvalidField' }
  const printed = await play(
    ['customers.report(', 'customers.reportBatch(', 'orders.create(', 'merchants.list('],
    one({ id: 'customer-123', segments }),
    many([{ status: 'created' }, { id: 'customer-2', status: 'rejected', error: rejected }]),
    failure(409, 'Conflict', 'Known with other content'),
    many([{ name: 'Shop', customer_segments: true }], '/v1/merchants?cursor=1'),
    many([{ name: 'Store', customer_segments: false }]),
  )
  expect(printed).toEqual([
    'new at org-1',
    'customer-2: Not a hash',
    'This order is known with other content: use orders.update',
    'Shop true',
    'Store false',
  ])
})

test('the examples for publishers print what they say', async () => {
  const offers = [
    { rate_percent: '8', display_params: { offer_type: 'new' } },
    { rate_fixed: '5.00', currency: 'USD', display_params: { category: 'tea' } },
  ]
  const verdict = { segment: 'new', decided_by: 'network' }
  const transaction = { id: 'tx-1', status: 'pending', amount: 45, currency: 'USD' }
  const printed = await play(
    ['links.create(', 'transactions.ledger(', "time_field: 'modified_date'"],
    one({ merchant_offers: [{ merchant_id: 'org-1', offers }], quote: { id: 'quote-1' } }),
    one({ links: { universal: 'https://newcomer.example/r/1' } }),
    many([{ ...transaction, pub_ref: 'newsletter-7', verdict }]),
    many([{ number: 1, cause: 'order', amount: 45, balance: 45 }]),
    many([{ ...transaction, modified_date: '2026-11-02T08:00:00.000Z' }]),
  )
  expect(printed).toEqual([
    'org-1 8 % everything',
    'org-1 5.00 USD tea',
    'https://newcomer.example/r/1',
    'tx-1 pending 45 USD newsletter-7 new network',
    '1 order 45 45',
    'tx-1 pending 45',
    '2026-11-02T08:00:00.000Z',
  ])
})

test('the examples for merchants print what they say', async () => {
  const evidence = { matched: 'email_sha256', button_order_id: 'btnorder-1' }
  const commission = { amount: 45, rate_card_id: 'ratecard-1', rate_card_version: 2 }
  const rates = [{ segment: 'new', category: null, percent: '8' }]
  const printed = await play(
    ['rateCards.create(', 'rateCards.simulate(', 'orders.verdict('],
    one({ host: 'shop.example' }),
    one({ id: 'ratecard-1', version: 1, rates }),
    one({ id: 'ratecard-1', version: 2, rates: [...rates, ...rates] }),
    one({ currencies: [{ currency: 'EUR', orders: 3, cost: 120, actual_cost: 90 }] }),
    one({ rate: null, reasons: [{ code: 'no-card', message: 'No card is in force' }] }),
    one({ segment: 'active', decided_by: 'network', evidence, commission }),
    one({ conflicts: 7 }),
  )
  expect(printed).toEqual([
    '2 2',
    '3 orders: 120 EUR in place of 90',
    'null no-card',
    'active network email_sha256 btnorder-1',
    '45 ratecard-1 2',
    '7',
  ])
})

test('the example of an import prints what it says', async () => {
  const { url } = await startFakeImports({ rejectedLines: [3], running: [{ rows: 1, created: 1 }] })
  await writeFile(join(folder, 'customers.csv'), 'user_id\nc1\nc2\n')
  const env = { NEWCOMER_URL: url, NEWCOMER_API_KEY: 'sk-0123456789abcdef' }
  const { stdout } = await run(oldestNode, [programOf('imports.create(')], { cwd: folder, env })
  expect(stdout.split('\n')).toEqual([
    '1 to be created, 1 rejected',
    'running: 0 of 2 rows',
    'running: 1 of 2 rows',
    'finished: 2 of 2 rows',
    'line,reason,user_id',
    '3,Not a hash,c2',
    '',
  ])
})

test('the example of hashing makes a file of hashes', async () => {
  const program = `
    const { hashFile } = await import('./${programOf('hashEmailColumn(')}')
    process.stdout.write(await (await hashFile(new Blob(['email\\nuser@example.com']))).text())`
  const args = ['--input-type=module', '--eval', program]
  const { stdout } = await run(oldestNode, args, { cwd: folder })
  expect(stdout).toBe(
    'email_sha256\nb4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514',
  )
})

test('the programs of this file run on the oldest Node.js that the package promises', async () => {
  const { engines } = await readPackage()
  const { stdout } = await run(oldestNode, ['--version'])
  expect(engines.node).toBe(`>=${stdout.trim().slice(1)}`)
})

test('nothing is in the package but what its sources make, and what its README points to', async () => {
  const sources = (await readdir(join(client, 'src'), { recursive: true }))
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [name.replace(/ts$/, 'js'), name.replace(/ts$/, 'd.ts')])
  const built = await readdir(join(installed, 'dist'), { recursive: true })
  expect(built.filter((name) => name.endsWith('.ts') || name.endsWith('.js')).sort()).toEqual(
    sources.sort(),
  )
  const readme = await readFile(join(installed, 'README.md'), 'utf8')
  const targets = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target ?? '')
  const files = targets.filter((target) => !/^(#|https:\/\/)/.test(target))
  for (const file of files) await access(join(installed, file))
})

interface Manifest {
  bin: { newcomer: string }
  version: string
  engines: { node: string }
}

async function readPackage(): Promise<Manifest> {
  return JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as Manifest
}

interface Ended {
  status: number | null
  stdout: string
  stderr: string
}

/** Runs the installed command, and answers what came of it, whether or not it succeeded. */
async function runNewcomer(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const { bin } = await readPackage()
  const program = join(installed, bin.newcomer)
  return run(oldestNode, [program, ...args], { cwd: folder, env }).then(
    (ended) => ({ status: 0, ...ended }),
    ({ code, stdout, stderr }: { code: number } & Ended) => ({ status: code, stdout, stderr }),
  )
}

const apiKey = 'sk-0123456789abcdef'

test('the command is in the package', async () => {
  const { bin, version } = await readPackage()
  const text = await readFile(join(installed, bin.newcomer), 'utf8')
  expect(text).toMatch(/^#!\/usr\/bin\/env node\n/)
  const { stdout } = await runNewcomer(['--version'])
  expect(stdout).toBe(`newcomer ${version}\n`)
  const linked = await run(join(folder, 'node_modules/.bin/newcomer'), ['--version'])
  expect(linked.stdout).toBe(stdout)
})

test('the command imports a file', async () => {
  const server = await startFakeImports()
  await writeFile(join(folder, 'some.csv'), 'user_id,email\nc1,user@example.com\n')
  const env = { NEWCOMER_URL: server.url, NEWCOMER_API_KEY: apiKey }
  const { status, stdout } = await runNewcomer(['import', 'some.csv', '--start'], env)
  expect(stdout).toContain('1 created + 0 updated + 0 unchanged + 0 rejected = 1 row\n')
  expect(status).toBe(0)
  const listed = await runNewcomer(['imports', 'list'], env)
  expect(listed.stdout).toMatch(/^Import .*\nimport-0000000000000001 /)
})

test('the command listens, and forwards what happens', async () => {
  const receiver = await startServer((response) => void response.writeHead(204).end())
  const event = { id: 'hook-1', event_type: 'tx-pending', data: { id: 'tx-1' } }
  const server = await startServer(
    many([], '/v1/events?cursor=1'),
    many([event], '/v1/events?cursor=2'),
    failure(410, 'Gone', 'Enough for this test'),
  )
  const env = { NEWCOMER_URL: server.url, NEWCOMER_API_KEY: apiKey }
  const { stdout, stderr } = await runNewcomer(['listen', '--forward-to', receiver.url], env)
  expect(stderr).toContain('Enough for this test')
  expect(stdout).toMatch(/--> tx-pending .*\n.*<-- 204 in \d+ ms {2}\[hook-1\]\n/)
  expect(receiver.received).toMatchObject([{ body: event }])
})

test('a CommonJS program requires the package where Node.js can, and imports it where not', async () => {
  const requiring = `console.log(typeof require('@newcomer/client').createClient)`
  const importing = `import('@newcomer/client').then((all) => console.log(typeof all.createClient))`
  const evaluate = (node: string, program: string) =>
    run(node, ['--input-type=commonjs', '--eval', program], { cwd: folder })
  expect((await evaluate(process.execPath, requiring)).stdout).toBe('function\n')
  expect((await evaluate(oldestNode, importing)).stdout).toBe('function\n')
  await expect(evaluate(oldestNode, requiring)).rejects.toThrow('ERR_REQUIRE_ESM')
})
