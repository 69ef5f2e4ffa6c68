import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
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

// Two runs of the compiler, on a machine that may be busy.
const compileTimeoutMs = 120_000

let folder: string
let examples: string[]
let complaints: string | undefined

/** A project of somebody else's: the built package is installed, the README's examples are code. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'newcomer-client-'))
  const installed = join(folder, 'node_modules/@newcomer/client')
  await mkdir(installed, { recursive: true })
  await cp(join(client, 'package.json'), join(installed, 'package.json'))
  await symlink(join(root, 'node_modules/@types'), join(folder, 'node_modules/@types'))
  const build = join(client, 'tsconfig.build.json')
  await run(process.execPath, [typescript, '-p', build, '--outDir', join(installed, 'dist')])

  const readme = await readFile(join(client, 'README.md'), 'utf8')
  examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code ?? '')
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  await Promise.all(examples.map((code, at) => writeFile(join(folder, `example-${at}.ts`), code)))
  complaints = await compileExamples()
}, compileTimeoutMs)

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
  expect(examples).toHaveLength(13)
  expect(complaints).toBeUndefined()
})

/** Runs these examples against a server with these answers, and answers what they printed. */
async function play(numbers: number[], ...answers: Answer[]): Promise<string[]> {
  const server = await startServer(...answers)
  const env = { NEWCOMER_URL: server.url, NEWCOMER_API_KEY: 'sk-0123456789abcdef' }
  const printed = []
  for (const at of numbers) {
    const { stdout } = await run(process.execPath, [`example-${at}.js`], { cwd: folder, env })
    printed.push(stdout)
  }
  return printed.join('').split('\n').slice(0, -1)
}

test('the examples about customers and orders print what they say', async () => {
  const segments = [{ id: 'segment-1', organization_id: 'org-1', name: 'new' }]
  const rejected = { message: 'Not a hash', type: 'InvalidField' }
  const printed = await play(
    [0, 1, 4, 5],
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
    [6, 7],
    one({ merchant_offers: [{ merchant_id: 'org-1', offers }], quote: { id: 'quote-1' } }),
    one({ links: { universal: 'https://newcomer.example/r/1' } }),
    many([{ ...transaction, pub_ref: 'newsletter-7', verdict }]),
    many([{ number: 1, cause: 'order', amount: 45, balance: 45 }]),
  )
  expect(printed).toEqual([
    'org-1 8 % everything',
    'org-1 5.00 USD tea',
    'https://newcomer.example/r/1',
    'tx-1 pending 45 USD newsletter-7 new network',
    '1 order 45 45',
  ])
})

test('the examples for merchants print what they say', async () => {
  const evidence = { matched: 'email_sha256', button_order_id: 'btnorder-1' }
  const commission = { amount: 45, rate_card_id: 'ratecard-1', rate_card_version: 2 }
  const rates = [{ segment: 'new', category: null, percent: '8' }]
  const printed = await play(
    [8, 9, 10],
    one({ host: 'shop.example' }),
    one({ id: 'ratecard-1', version: 1, rates }),
    one({ id: 'ratecard-1', version: 2, rates: [...rates, ...rates] }),
    one({ currencies: [{ currency: 'EUR', orders: 3, cost: 120, actual_cost: 90 }] }),
    one({ segment: 'active', decided_by: 'network', evidence, commission }),
    one({ conflicts: 7 }),
  )
  expect(printed).toEqual([
    '2 2',
    '3 orders: 120 EUR in place of 90',
    'active network email_sha256 btnorder-1',
    '45 ratecard-1 2',
    '7',
  ])
})

test('the example of an import prints what it says', async () => {
  const { url } = await startFakeImports({ rejectedLines: [3], running: [{ rows: 1, created: 1 }] })
  await writeFile(join(folder, 'customers.csv'), 'user_id\nc1\nc2\n')
  const env = { NEWCOMER_URL: url, NEWCOMER_API_KEY: 'sk-0123456789abcdef' }
  const { stdout } = await run(process.execPath, ['example-2.js'], { cwd: folder, env })
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
    const { hashFile } = await import('./example-3.js')
    process.stdout.write(await (await hashFile(new Blob(['email\\nuser@example.com']))).text())`
  const args = ['--input-type=module', '--eval', program]
  const { stdout } = await run(process.execPath, args, { cwd: folder })
  expect(stdout).toBe(
    'email_sha256\nb4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514',
  )
})

test('the command is in the package', async () => {
  const installed = join(folder, 'node_modules/@newcomer/client')
  const text = await readFile(join(installed, 'package.json'), 'utf8')
  const { bin, version } = JSON.parse(text) as { bin: { newcomer: string }; version: string }
  const program = join(installed, bin.newcomer)
  expect(await readFile(program, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  const { stdout } = await run(process.execPath, [program, '--version'])
  expect(stdout).toBe(`newcomer ${version}\n`)
})
