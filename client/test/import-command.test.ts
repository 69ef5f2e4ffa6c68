import { createHash } from 'node:crypto'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { startFakeImports } from './fake-imports.ts'
import type { FakeImports, Plan } from './fake-imports.ts'
import { makeFolder, play } from './play.ts'
import type { Played, Scene } from './play.ts'

const known = 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514'
const first = 'import-0000000000000001'
const small = `user_id,email_sha256\nc1,${known}\nc2,${known}\nc3,${known}\n`

interface Setting {
  server: FakeImports
  folder: string
  path: string
  run: (args: string[], scene?: Partial<Scene>) => Promise<Played>
}

/** A server, and a file in a folder of its own. */
async function prepare(text: string | Uint8Array, wishes: Partial<Plan> = {}): Promise<Setting> {
  const server = await startFakeImports(wishes)
  const folder = await makeFolder()
  const path = join(folder, 'customers.csv')
  await writeFile(path, text)
  const run = (args: string[], scene: Partial<Scene> = {}) =>
    play(args, { url: server.url, ...scene })
  return { server, folder, path, run }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

test('all rows in: 0', async () => {
  const { server, path, folder, run } = await prepare(small)
  const { status, out } = await run(['import', path, '--start'])
  expect(status).toBe(0)
  expect(out).toContain('3 created + 0 updated + 0 unchanged + 0 rejected = 3 rows\n')
  expect(out).toContain(`To take it back: newcomer imports undo ${first}\n`)
  expect(server.fileOf()).toBe(small)
  expect(await readdir(folder)).toEqual(['customers.csv'])
})

test('some rows rejected: 2, and they are saved beside the file, over nothing', async () => {
  const { path, folder, run } = await prepare(small, { rejectedLines: [3] })
  for (const name of ['customers.csv.rejects.csv', 'customers.csv.rejects.2.csv']) {
    const { status, out } = await run(['import', path, '--start'])
    expect(status).toBe(2)
    expect(out).toContain(`1 rejected row saved: ${join(folder, name)}\n`)
    const saved = join(folder, name)
    expect(await readFile(saved, 'utf8')).toBe(
      `line,reason,user_id,email_sha256\n3,Not a hash,c2,${known}\n`,
    )
    expect((await stat(saved)).mode & 0o777).toBe(0o600)
  }
  const chosen = join(folder, 'chosen.csv')
  await run(['import', path, '--start', '--rejects', chosen])
  expect(await readFile(chosen, 'utf8')).toContain('3,Not a hash')
  const nowhere = join(folder, 'missing', 'x.csv')
  const { status, err } = await run(['import', path, '--start', '--rejects', nowhere])
  expect(status).toBe(1)
  expect(err).toContain('newcomer imports rejects import-0000000000000004 --rejects PATH')
})

test('a file that is refused: 1, with the reason', async () => {
  const error = { message: 'There is no column\u001b[31m of ids', type: 'NoIds' }
  const { path, run } = await prepare(small, { checked: { state: 'refused', error } })
  const { status, err } = await run(['import', path])
  expect(status).toBe(1)
  expect(err).toContain('Refused: There is no column [31m of ids\n')
})

test('counts that do not add up, and an import that somebody cancels: 1', async () => {
  const lossy = await prepare(small, { running: [{ state: 'finished', rows: 3, created: 2 }] })
  const lost = await lossy.run(['import', lossy.path, '--start'])
  expect(lost).toMatchObject({ status: 1, err: expect.stringContaining('do not add up') })
  const other = await prepare(small, { running: [{ state: 'cancelled', rows: 1, created: 1 }] })
  const { status, out } = await other.run(['import', other.path, '--start'])
  expect(status).toBe(1)
  expect(out).toContain('2 rows of 3 were not done.')
})

test('without a terminal and --start it is left ready, and the same command goes on', async () => {
  const { server, path, run } = await prepare(small)
  const { status, out } = await run(['import', path])
  expect(status).toBe(0)
  expect(out).toContain(`To start it: newcomer imports start ${first}\n`)
  expect(server.importOf().state).toBe('ready')
  const again = await run(['import', path, '--start'])
  expect(again.status).toBe(0)
  expect(again.err).toContain(`The server has this file already: going on with ${first}.`)
  expect(server.importOf().state).toBe('finished')
  expect(server.keys[0]).toMatch(/^newcomer-[0-9a-f]{64}$/)
  expect(server.keys[1]).toBe(server.keys[0])
})

test('another file, other options and another organization are other imports', async () => {
  const { server, path, run } = await prepare(small)
  await run(['import', path])
  for (const option of ['--mode=replace', '--kind=accounts', '--quiet', '--check']) {
    await run(['import', path, option])
  }
  await run(['import', path], { apiKey: 'sk-another' })
  await writeFile(path, small.replace('c2', 'cx'))
  await run(['import', path])
  expect(new Set(server.keys).size).toBe(6)
  expect(server.calls.filter((call) => call.startsWith('POST /v1/imports?'))).toEqual([
    'POST /v1/imports?mode=replace',
    'POST /v1/imports?mode=accounts',
    'POST /v1/imports?quiet=true',
  ])
})

test('--check says what it would do, and leaves nothing behind', async () => {
  const { server, path, run } = await prepare(small, { rejectedLines: [2] })
  const { status, out } = await run(['import', path, '--check'])
  expect(status).toBe(2)
  expect(out).toContain('If you start it\n')
  expect(out).toContain('Nothing was imported.\n')
  expect(server.importOf().state).toBe('cancelled')
  server.plan.rejectedLines = []
  expect((await run(['import', path, '--check'])).status).toBe(0)
})

test('on a terminal it asks', async () => {
  const { server, path, run } = await prepare(small, { running: [{ rows: 1, created: 1 }] })
  for (const stdin of ['n\n', '', '\n']) {
    const { status, err } = await run(['import', path], { isTerminal: true, stdin })
    expect(status).toBe(0)
    expect(err).toContain('Start? [y/N] ')
    expect(server.importOf().state).toBe('ready')
  }
  const { status, err } = await run(['import', path], { isTerminal: true, stdin: 'y\n' })
  expect(status).toBe(0)
  expect(err).toMatch(/Importing {2}\[[#.]{24}\] +\d+ % {2}\d of 3 rows/)
  expect(server.importOf().state).toBe('finished')
})

test('--json prints the import and nothing else', async () => {
  const { path, run } = await prepare(small, { rejectedLines: [2] })
  const { status, out, err } = await run(['import', path, '--start', '--json'])
  expect(status).toBe(2)
  expect(JSON.parse(out)).toMatchObject({ id: first, state: 'finished', rejected: 1 })
  expect(err).toBe('')
  const ready = await run(['import', path, '--json'])
  expect(JSON.parse(ready.out)).toMatchObject({ state: 'ready' })
  const seen = await run(['import', path, '--json'], { isTerminal: true, stdin: 'n\n' })
  expect(JSON.parse(seen.out)).toMatchObject({ state: 'ready' })
  expect(seen.err).toContain('If you start it')
})

const emails = Array.from({ length: 20_000 }, (_, row) => `Canary${row}@Example.com`)
const plain = `user_id;E-Mail;note\r\n${emails.map((each, row) => `c${row};${each};"a\nb"\r\n`).join('')}`
const hashed = `user_id;email_sha256;note\r\n${emails
  .map((each, row) => `c${row};${sha256(each.toLowerCase())};"a\nb"\r\n`)
  .join('')}`

test('plain e-mails are hashed, resumed byte by byte, and never on the wire', async () => {
  const { server, path, run } = await prepare(plain, { dropAfter: [100, 700_001, 3] })
  const { status, err } = await run(['import', path, '--start'])
  expect(status).toBe(0)
  expect(err).toContain(
    'Plain e-mails in "E-Mail": hashed here (SHA-256); only the hashes are sent.',
  )
  expect(err).toContain('20,000 e-mails hashed.')
  expect(err).toContain('Connection lost (')
  expect(server.fileOf() === hashed).toBe(true)
  expect(server.wire()).not.toMatch(/canary|@/i)
})

test('a run that was killed is gone on with where it was, e-mails hashed anew', async () => {
  const { server, path, run } = await prepare(plain)
  await run(['import', path])
  // As a killed run would have left it, in the middle of a row of the second half.
  const current = server.importOf()
  const kept = server.cut(1_000_000)
  expect(current).toMatchObject({ state: 'receiving', received_bytes: kept })
  const { status, err } = await run(['import', path, '--start'])
  expect(status).toBe(0)
  expect(err).toContain(`The server has a part of this file already: going on with ${first}.`)
  expect(server.calls).toContain(`PUT /v1/imports/${first}/file?offset=${kept}`)
  expect(server.fileOf() === hashed).toBe(true)
})

test('--no-hash-emails stops before anything is sent, or as soon as one is met', async () => {
  const { server, path, run } = await prepare(plain)
  const early = await run(['import', path, '--no-hash-emails'])
  expect(early).toMatchObject({ status: 1, out: '' })
  expect(early.err).toContain('The file has plain e-mails, which are not sent.')
  expect(server.calls).toEqual([])

  const rows = Array.from({ length: 40_000 }, (_, row) => `c${row},${known}\n`).join('')
  await writeFile(path, `user_id,email_sha256\n${rows}c,canary@example.com\n`)
  const late = await run(['import', path, '--no-hash-emails', '--start'])
  expect(late.status).toBe(1)
  expect(server.importOf().state).toBe('cancelled')
  expect(server.wire()).not.toMatch(/canary/i)
})

test('what else holds an address is said', async () => {
  const text = 'user_id,email,contact\nme@id.de,a@b.de,\nc2,nobody@,c@d.de\n'
  const { server, path, run } = await prepare(text)
  const { err } = await run(['import', path, '--hash-emails'])
  expect(err).toContain('The customer ids look like e-mail addresses.')
  expect(err).toContain('1 cell with an @ but no address: sent as [not an address].')
  expect(err).toContain('Removed from elsewhere in the file: 1 cell with addresses.')
  expect(server.fileOf()).toBe(
    `user_id,email_sha256,contact\nme@id.de,${sha256('a@b.de')},\nc2,[not an address],[address removed]\n`,
  )
})

test('standard input is mended from memory, and never asked about', async () => {
  const { server, run, folder } = await prepare('', {
    dropAfter: [900_000, 20],
    rejectedLines: [2],
  })
  async function* stdin() {
    for (let from = 0; from < plain.length; from += 50_000) {
      yield Buffer.from(plain.slice(from, from + 50_000))
    }
  }
  const { status, err } = await run(['import', '-'], { stdin: stdin(), isTerminal: true })
  expect(status).toBe(0)
  expect(err).not.toContain('Start?')
  expect(server.fileOf() === hashed).toBe(true)
  const rejects = join(folder, 'r.csv')
  const done = await run(['import', '-', '--start', '--rejects', rejects], { stdin: small })
  expect(done.status).toBe(2)
  expect(await readFile(rejects, 'utf8')).toContain('2,Not a hash,c1')
  expect(server.keys[0]).not.toBe(server.keys[1])
})

test('compressed files are read, workbooks and folders are not', async () => {
  const { server, folder, path, run } = await prepare(gzipSync(plain))
  expect((await run(['import', path, '--start'])).status).toBe(0)
  expect(server.fileOf() === hashed).toBe(true)
  await writeFile(path, gzipSync(plain).subarray(0, 50_000))
  const broken = await run(['import', path])
  expect(broken).toMatchObject({ status: 1, err: expect.stringContaining('damaged or cut short') })
  await writeFile(path, Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0))
  const book = await run(['import', path])
  expect(book).toMatchObject({ status: 1, err: expect.stringContaining('save it as CSV') })
  expect(await run(['import', folder])).toMatchObject({ status: 1, err: `${folder} is a folder\n` })
  const missing = join(folder, 'missing.csv')
  expect((await run(['import', missing])).err).toBe(`${missing} cannot be read: ENOENT\n`)
})

test('a file that is changed while it is read is not imported', async () => {
  const { server, path, run } = await prepare(plain, { dropAfter: [300_000] })
  const running = run(['import', path])
  await expect.poll(() => server.calls.length).toBeGreaterThan(1)
  await writeFile(path, `${plain}more;a@b.de;\r\n`)
  const { status, err } = await running
  expect(status).toBe(1)
  expect(err).toContain('was changed while it was being read: import it again')
  expect(server.importOf().state).toBe('cancelled')
})

/** A frame that is to be passed over, as pzstd writes them. */
function skippable(content: string): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32LE(0x184d2a50, 0)
  head.writeUInt32LE(content.length, 4)
  return Buffer.concat([head, Buffer.from(content)])
}

const halves = [plain.slice(0, 400_000), plain.slice(400_000)] as const
const [gzips, frames] = [gzipSync, zstdCompressSync].map((pack) => halves.map((half) => pack(half)))

test.each([
  ['two gzip members', gzips!],
  ['padded gzip', [...gzips!, Buffer.alloc(512)]],
  ['two zstd frames', frames!],
  ['zstd that begins with a frame to skip', [skippable('x'), ...frames!, skippable('')]],
])('%s are read whole', async (_, parts) => {
  const { server, path, run } = await prepare(Buffer.concat(parts))
  expect(await run(['import', path, '--start'])).toMatchObject({ status: 0 })
  expect(server.fileOf() === hashed).toBe(true)
})

const flip = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.of(bytes[0]! ^ 0x40), bytes.subarray(1)])

test.each([
  ['a second member that is cut short', [gzips![0]!, gzips![1]!.subarray(0, -9)]],
  ['zeros before the second member', [gzips![0]!, Buffer.alloc(512), gzips![1]!]],
  ['a damaged byte before the second member', [gzips![0]!, flip(gzips![1]!)]],
  ['a second frame that is cut short', [frames![0]!, frames![1]!.subarray(0, -9)]],
  ['a damaged byte before the second frame', [frames![0]!, flip(frames![1]!)]],
  ['text behind a frame', [...frames!, Buffer.from('c,x\n')]],
])('%s is refused, and nothing is imported', async (_, parts) => {
  const { server, path, run } = await prepare(Buffer.concat(parts))
  const { status, err } = await run(['import', path, '--start', '--mode', 'replace'])
  expect(status).toBe(1)
  expect(err).toContain('The file is compressed, and damaged or cut short')
  // Either the beginning shows it, or what was begun is given up.
  expect(server.calls.length === 0 || server.importOf().state === 'cancelled').toBe(true)
})

test('a column that nobody knows is asked about, and said', async () => {
  const text = `user_id,Kontakt\nc1,a@b.de\nc2,${known}\nc3,c@d.de\n`
  const { server, path, run } = await prepare(text)
  const asked = await run(['import', path, '--start'])
  expect(asked).toMatchObject({ status: 1, out: '' })
  expect(asked.err).toContain('The column "Kontakt" is full of e-mail addresses')
  expect(asked.err).toContain('--column "email=Kontakt"')
  expect(server.calls).toEqual([])
  expect(await run(['import', path, '--start', '--column', 'email=Kontakt'])).toMatchObject({
    status: 0,
  })
  expect(server.fileOf()).toBe(
    `user_id,email_sha256\nc1,${sha256('a@b.de')}\nc2,${known}\nc3,${sha256('c@d.de')}\n`,
  )
  expect(await run(['import', path, '--start', '--column=ignored=Kontakt'])).toMatchObject({
    status: 0,
  })
  expect(server.fileOf(2)).toBe(
    `user_id,ignored\nc1,[address removed]\nc2,${known}\nc3,[address removed]\n`,
  )
  const missing = await run(['import', path, '--column', 'email=Contact'])
  expect(missing).toMatchObject({ status: 1, err: 'The file has no column "Contact".\n' })
  const wrong = await run(['import', path, '--column', 'mail=Kontakt'])
  expect(wrong.err).toContain('--column must be email=NAME or emails=NAME')
})

test('a column of hashes or addresses that begins far down is not passed over', async () => {
  const empty = Array.from({ length: 40_000 }, (_, row) => `c${row},${known},\n`).join('')
  const late = Array.from({ length: 3 }, (_, row) => `l${row},${known},${sha256(`${row}`)}\n`).join(
    '',
  )
  const { server, path, run } = await prepare(`user_id,email_sha256,Kontakt\n${empty}${late}`)
  const { status, err } = await run(['import', path, '--start'])
  expect(status).toBe(1)
  expect(err).toContain('The column "Kontakt" is full of hashes')
  expect(server.importOf().state).toBe('cancelled')
})

test('what is no CSV is refused before anything is sent', async () => {
  for (const text of ['{"user_id": 1}', '<html>', 'BZh91AY', 'user_id\0,email\n']) {
    const { server, path, run } = await prepare(text)
    expect(await run(['import', path])).toMatchObject({
      status: 1,
      err: expect.stringMatching(/CSV/),
    })
    expect(server.calls).toEqual([])
  }
})
