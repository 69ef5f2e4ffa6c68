import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { startFakeImports } from './fake-imports.ts'
import { apiKey, makeFolder } from './play.ts'

const run = promisify(execFile)
const program = resolve(import.meta.dirname, '../src/newcomer.ts')
const first = 'import-0000000000000001'

interface Started {
  child: ChildProcess
  printed: () => string
  /** The exit status, or the signal. */
  ended: Promise<number | string | null>
}

function start(url: string, args: string[], flags: string[] = []): Started {
  const env = { NEWCOMER_URL: url, NEWCOMER_API_KEY: apiKey }
  const child = spawn(process.execPath, [...flags, program, ...args], { env })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  }
  // What is written after its end has nowhere to go.
  child.stdin.on('error', () => undefined)
  const ended = new Promise<number | string | null>((done) => {
    child.once('close', (status, signal) => done(status ?? signal))
  })
  return { child, printed: () => text, ended }
}

async function seen(text: string, { printed }: Started): Promise<void> {
  await expect.poll(printed, { timeout: 20_000 }).toContain(text)
}

test('^C while it runs: it goes on at the server', async () => {
  const server = await startFakeImports({ isEndless: true })
  const path = join(await makeFolder(), 'customers.csv')
  await writeFile(path, 'user_id\nc1\n')
  const started = start(server.url, ['import', path, '--start'])
  await expect.poll(() => server.calls.at(-1), { timeout: 20_000 }).toMatch(/events$/)
  await expect.poll(() => server.importOf().state).toBe('running')
  started.child.kill('SIGINT')
  expect(await started.ended).toBe(130)
  expect(started.printed()).toContain('The import goes on at the server.\n')
  expect(started.printed()).toContain(`To stop it: newcomer imports cancel ${first}\n`)
  expect(server.importOf().state).toBe('running')
})

test('^C while standard input is being sent: nothing is left of it', async () => {
  const server = await startFakeImports()
  const started = start(server.url, ['import', '-'])
  started.child.stdin?.write(`user_id\n${'c1\n'.repeat(1_000_000)}`)
  await expect.poll(() => server.importOf().received_bytes, { timeout: 20_000 }).toBeGreaterThan(0)
  started.child.kill('SIGINT')
  expect(await started.ended).toBe(130)
  expect(started.printed()).toContain('Nothing is imported.\n')
  expect(server.importOf().state).toBe('cancelled')
})

test('killed at any moment, the same command goes on', async () => {
  const server = await startFakeImports()
  const path = join(await makeFolder(), 'customers.csv')
  const rows = Array.from({ length: 300_000 }, (_, row) => `c${row},canary${row}@example.com\n`)
  await writeFile(path, `user_id,email\n${rows.join('')}`)
  const killed = start(server.url, ['import', path, '--start'])
  await expect.poll(() => server.importOf().received_bytes, { timeout: 20_000 }).toBeGreaterThan(0)
  killed.child.kill('SIGKILL')
  await killed.ended
  expect(server.importOf().state).toBe('receiving')
  const again = start(server.url, ['import', path, '--start'])
  expect(await again.ended).toBe(0)
  await seen('300,000 created', again)
  const expected = rows.map((row) => {
    const [id, email = ''] = row.trim().split(',')
    return `${id},${createHash('sha256').update(email).digest('hex')}\n`
  })
  expect(server.fileOf() === `user_id,email_sha256\n${expected.join('')}`).toBe(true)
  expect(server.wire()).not.toMatch(/canary|@/)
})

// A machine that may be busy has 200 MB to move through three hashes and a socket.
const bigTimeoutMs = 120_000

test('memory stays bounded, whatever the length', { timeout: bigTimeoutMs }, async () => {
  const server = await startFakeImports({ isKeeping: false })
  const report = 'process.stderr.write("maxRSS " + process.resourceUsage().maxRSS + ".")'
  const atExit = `data:text/javascript,process.on("exit", () => ${report})`
  const started = start(
    server.url,
    ['import', '-', '--start'],
    ['--max-old-space-size=64', `--import=${atExit}`],
  )
  const hash = 'ab'.repeat(32)
  const rows = Array.from({ length: 5_000 }, (_, row) => `customer-${row},${hash}\n`)
  const block = Buffer.from(rows.join(''))
  const header = 'user_id,email_sha256\n'
  const expected = createHash('sha256').update(header)
  function* file() {
    yield Buffer.from(header)
    for (let length = 0; length < 200e6; length += block.length) {
      expected.update(block)
      yield block
    }
  }
  const { stdin } = started.child
  if (!stdin) throw new Error('There is no standard input')
  await pipeline(Readable.from(file()), stdin)
  expect(await started.ended).toBe(0)
  expect(server.hashOf()).toBe(expected.digest('hex'))
  const [, kilobytes] = /maxRSS (\d+)\./.exec(started.printed()) ?? []
  expect(Number(kilobytes)).toBeLessThan(350_000)
})

test('a reader that has seen enough is no failure', async () => {
  const command = `"${process.execPath}" "${program}" --help | head -n 1`
  const { stdout, stderr } = await run('/bin/sh', ['-c', command])
  expect(stdout).toBe('Usage: newcomer import FILE|- [options]\n')
  expect(stderr).not.toContain('EPIPE')
})
