import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { hashEmail } from '../../../client/src/index.ts'
import { createImportCalls } from '../imports/import-calls.ts'
import type { ImportCalls } from '../imports/import-calls.ts'
import { postgresql } from '../support/databases.ts'
import { must, useNetwork } from '../support/network.ts'
import type { Member } from '../support/network.ts'
import { startStallingProxy } from './stalling-proxy.ts'

const COMMAND = fileURLToPath(new URL('../../../client/src/newcomer.ts', import.meta.url))

const network = useNetwork(postgresql.create, { publishers: 1, merchants: 1 })
let publisher: Member
let imports: ImportCalls

beforeAll(() => {
  publisher = network.publishers[0]!
  imports = createImportCalls(network.url, publisher)
})

interface Run {
  /** The exit code. */
  code: number | null
  out: string
  err: string
}

interface Running {
  ended: Promise<Run>
  interrupt(): void
}

/** Runs the command in a process of its own, with what its user would set. */
function start(
  args: string[],
  { url = network.url, key = publisher.key, stdin = '' } = {},
): Running {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', COMMAND, ...args],
    {
      env: { NEWCOMER_API_KEY: key, NEWCOMER_URL: url },
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  )
  const written = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (written.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (written.err += chunk.toString()))
  child.stdin.on('error', () => undefined)
  child.stdin.end(stdin)
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = once(child, 'close').then(([code]: unknown[]): Run => {
    expect(written.out + written.err).not.toContain(key)
    return { code: code as number | null, ...written }
  })
  return { ended, interrupt: () => void child.kill('SIGINT') }
}

const run = (...args: Parameters<typeof start>): Promise<Run> => start(...args).ended

/** A file in a folder of its own. */
async function fileWith(content: string | Uint8Array): Promise<{ path: string; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'newcomer-imported-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'customers.csv')
  await writeFile(path, content)
  return { path, folder }
}

const emailsOf = async (id: string): Promise<string[]> =>
  (await must(publisher.call('GET', `/v1/customers/${id}`))).emails_sha256

test('plain e-mails are hashed here; what is rejected is saved beside the file', async () => {
  const rows = ['a-1;Ann@Example.com ;x', 'a-2;ben@example.com;', ';cat@example.com;', 'a-4;dan@;']
  const { path, folder } = await fileWith(['Customer ID;E-Mail;Note', ...rows, ''].join('\n'))
  const { code, out, err } = await run(['import', path, '--start'])
  expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('hashed') })
  expect(out).toContain('2 created + 0 updated + 0 unchanged + 2 rejected = 4 rows')
  expect(await emailsOf('a-1')).toEqual([hashEmail('ann@example.com')])
  expect(await emailsOf('a-2')).toEqual([hashEmail('ben@example.com')])
  const saved = `${path}.rejects.csv`
  expect(await readdir(folder)).toEqual(['customers.csv', 'customers.csv.rejects.csv'])
  expect((await stat(saved)).mode & 0o777).toBe(0o600)
  const text = await readFile(saved, 'utf8')
  expect(text).toMatch(/^line,reason,Customer ID,email_sha256,Note\r\n4,.*\r\n5,.*,a-4,.*\r\n$/)
  expect(text).toContain(hashEmail('cat@example.com'))
  await writeFile(saved, text.replace(/,,([0-9a-f]{64})/, ',a-3,$1').replace(/5,.*\r\n/, ''))
  expect(await run(['import', saved, '--start'])).toMatchObject({
    code: 0,
    err: expect.any(String),
  })
  expect(await emailsOf('a-3')).toEqual([hashEmail('cat@example.com')])
})

test('standard input, as JSON; the same again changes nothing, and can be taken back', async () => {
  const text = `user_id,email_sha256\nb-1,${hashEmail('b1@example.com')}\nb-2,\n`
  for (const [stdin, counts] of [
    [text, { created: 2, unchanged: 0 }],
    [gzipSync(text) as unknown as string, { created: 0, unchanged: 2 }],
  ] as const) {
    const { code, out } = await run(['import', '-', '--start', '--json'], { stdin })
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ state: 'finished', rows: 2, rejected: 0, ...counts })
  }
  const [latest, first] = await must(publisher.call('GET', '/v1/imports?page_size=2'))
  for (const { id } of [latest, first]) {
    expect(await run(['imports', 'undo', id])).toMatchObject({ code: 0 })
  }
  expect(await imports.read(first.id)).toMatchObject({ state: 'undone', undone: 2 })
  const listed = await run(['imports', 'list'])
  expect(listed).toMatchObject({ code: 0, err: '' })
  expect(listed.out).toContain(first.id)
  expect((await publisher.call('GET', '/v1/customers/b-1')).status).toBe(404)
})

test('looked at only, and then started by hand', async () => {
  const { path } = await fileWith(`id,hash\nc-1,${hashEmail('c@example.com')}\n`)
  const checked = await run(['import', path, '--check'])
  expect(checked).toMatchObject({ code: 0, out: expect.stringContaining('Nothing was imported.') })
  const ready = await run(['import', path])
  const [, id = ''] = /newcomer imports start (import-[0-9a-f]{16})/.exec(ready.out) ?? []
  expect(await imports.read(id)).toMatchObject({ state: 'ready', preview: { created: 1 } })
  expect((await publisher.call('GET', '/v1/customers/c-1')).status).toBe(404)
  expect(await run(['imports', 'start', id])).toMatchObject({ code: 0 })
  expect(await run(['imports', 'show', id])).toMatchObject({
    ...{ code: 0, out: expect.stringContaining('finished') },
  })
  expect(await emailsOf('c-1')).toEqual([hashEmail('c@example.com')])
})

test('what fails says why', async () => {
  const { path } = await fileWith('name,mail\nAnn,none\n')
  const merchant = network.merchants[0]!
  const [refused, kind, stranger, foreign] = [
    await run(['import', path, '--start']),
    await run(['import', path, '--kind', 'accounts']),
    await run(['import', path], { key: 'sk-0123456789abcdef' }),
    await run(['imports', 'show', 'import-0123456789abcdef'], { key: merchant.key }),
  ]
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('user_id') })
  expect(kind).toMatchObject({ code: 1, err: expect.stringContaining('mode must be merge') })
  expect(stranger).toMatchObject({ code: 1, err: expect.stringContaining('Invalid api_key') })
  expect(foreign).toMatchObject({ code: 1, err: expect.stringContaining('Could not find') })
})

test('^C while it is being sent, and the same command goes on where it was', async () => {
  const rows = Array.from({ length: 3_000 }, (_, row) => `d-${row},d-${row}@example.com\n`)
  const { path } = await fileWith(`user_id,email\n${rows.join('')}`)
  const url = await startStallingProxy(network.url, 150_000)
  const before = (await must(publisher.call('GET', '/v1/imports?page_size=500'))).length
  const interrupted = start(['import', path, '--start'], { url })
  const latest = async () => (await must(publisher.call('GET', '/v1/imports?page_size=1')))[0]
  await expect
    .poll(async () => (await latest()).total_rows, { timeout: 20_000 })
    .toBeGreaterThanOrEqual(1_000)
  interrupted.interrupt()
  const { code, err } = await interrupted.ended
  expect({ code, err }).toMatchObject({ code: 130, err: expect.stringContaining('same command') })
  const { id, received_bytes: kept } = await latest()
  const again = await run(['import', path, '--start'])
  expect(again).toMatchObject({ code: 0, err: expect.stringContaining(`going on with ${id}`) })
  expect(again.out).toContain('3,000 created + 0 updated + 0 unchanged + 0 rejected = 3,000 rows')
  expect(await imports.read(id)).toMatchObject({ state: 'finished', rows: 3_000 })
  expect((await imports.read(id)).received_bytes).toBeGreaterThan(kept)
  expect(await must(publisher.call('GET', '/v1/imports?page_size=500'))).toHaveLength(before + 1)
  expect(await emailsOf('d-2999')).toEqual([hashEmail('d-2999@example.com')])
})
