import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { renderRows, renderUpload } from '../src/command/progress.ts'
import { createClient } from '../src/index.ts'
import type { ImportReport } from '../src/index.ts'
import type { Import } from '../src/import-answer.ts'
import { startFakeImports } from './fake-imports.ts'
import type { Plan } from './fake-imports.ts'
import { apiKey, makeFolder, play } from './play.ts'
import type { Scene } from './play.ts'

const first = 'import-0000000000000001'

/** A server with a file that it has checked. */
async function prepare(wishes: Partial<Plan> = {}) {
  const server = await startFakeImports(wishes)
  const { imports } = createClient({ apiKey, baseUrl: server.url })
  const { id } = await imports.create('user_id\nc1\nc2\nc3\n', { mode: 'replace' })
  for await (const each of imports.watch(id)) expect(each.id).toBe(id)
  const run = (args: string[], scene: Partial<Scene> = {}) =>
    play(args, { url: server.url, ...scene })
  return { server, run }
}

test('imports are listed, and one is shown', async () => {
  const { run } = await prepare()
  const list = await run(['imports', 'list'])
  expect(list).toMatchObject({ status: 0, err: '' })
  expect(list.out).toBe(
    'Import                   Created           State  Mode                 Rows  Rejected\n' +
      `${first}  2026-01-01 00:00  ready  replace, purchasers     3         0\n`,
  )
  const shown = await run(['imports', 'show', first])
  expect(shown.out).toContain('State: ready\n')
  const json = await run(['imports', 'show', first, '--json'])
  expect(JSON.parse(json.out)).toMatchObject({ id: first, state: 'ready' })
  const listed = await run(['imports', 'list', '--json'])
  expect(JSON.parse(listed.out)).toHaveLength(1)
})

test('one is started and followed, its rejected rows fetched, and taken back', async () => {
  const { server, run } = await prepare({ rejectedLines: [4] })
  const folder = await makeFolder()
  const started = await run(['imports', 'start', first, '--rejects', join(folder, 'a.csv')])
  expect(started.status).toBe(2)
  expect(started.out).toContain('2 created + 0 updated + 0 unchanged + 1 rejected = 3 rows')
  const rejects = 'line,reason,user_id\n4,Not a hash,c3\n'
  expect(await readFile(join(folder, 'a.csv'), 'utf8')).toBe(rejects)
  expect(await run(['imports', 'rejects', first])).toEqual({ status: 0, out: rejects, err: '' })
  const path = join(folder, 'b.csv')
  expect((await run(['imports', 'rejects', first, '--rejects', path])).status).toBe(0)
  expect(await readFile(path, 'utf8')).toBe(rejects)
  expect((await run(['imports', 'show', first])).status).toBe(2)
  const undone = await run(['imports', 'undo', first])
  expect(undone).toMatchObject({ status: 0, out: 'Taken back from 2 customers.\n' })
  expect(server.importOf().state).toBe('undone')
})

test('one is cancelled; what cannot be done any more fails with the reason', async () => {
  const { run } = await prepare()
  expect(await run(['imports', 'cancel', first])).toMatchObject({ status: 0, out: 'Cancelled.\n' })
  const late = await run(['imports', 'start', first])
  expect(late).toEqual({ status: 1, out: '', err: 'Not now\n' })
  const missing = await run(['imports', 'show', 'import-9'])
  expect(missing).toEqual({ status: 1, out: '', err: 'Could not find import-9\n' })
  const wrong = await run(['imports', 'list'], { apiKey: 'sk-wrong' })
  expect(wrong.err).toBe('Invalid api_key\nIs NEWCOMER_API_KEY a key of that server?\n')
})

const report: ImportReport = {
  encoding: 'windows-1252',
  delimiter: ';',
  line_ends: 'mixed',
  columns: [
    { name: 'User ID', means: 'user_id' },
    { name: 'E-Mail Hash', means: 'email_sha256' },
    { name: '\u001b]0;stolen\u0007 Notes of the shop assistants, as they were', means: null },
  ],
  findings: [
    {
      code: 'delimiter',
      severity: 'note',
      count: 1,
      lines: [1],
      message: 'The cells are separated by semicolons.',
      advice: 'They were separated all the same.',
    },
    {
      code: 'upper-case',
      severity: 'mended',
      count: 1200,
      lines: [2, 7, 9, 11, 15],
      message: 'Hashes are in upper case.',
      advice: 'They were taken in lower case.',
    },
    {
      code: 'md5',
      severity: 'rejected',
      count: 2,
      lines: [3, 4],
      message: 'A hash has 32 digits, as MD5 has.',
      advice:
        'Send the SHA-256 of the trimmed, lower-cased e-mail address, in UTF-8 and without a line ' +
        'break, as 64 hex digits.',
    },
    {
      code: 'shared',
      severity: 'warning',
      count: 50,
      lines: [5, 6, 8, 10, 12],
      message: 'Several ids have the same e-mail.',
      advice: 'Nothing has to be done if they are one person.',
    },
  ],
}
const preview = {
  ...{ rows: 9187, created: 9170, updated: 12, unchanged: 3, rejected: 2, removed: 1 },
  ...{ segment_changes: 12, is_exact: false, confirm: null },
}

test('the report and the preview, worst first', async () => {
  const { run } = await prepare({ checked: { report, preview, total_rows: 9187 } })
  const { out } = await run(['imports', 'show', first])
  expect(out).toMatchInlineSnapshot(`
    "import-0000000000000001: 9,187 rows, 3 columns (Windows-1252, semicolons, mixed line ends)

      Column                                    Read as
      User ID                                   user_id
      E-Mail Hash                               email_sha256
      ]0;stolen  Notes of the shop assistan...  (ignored)

      rejected      2  A hash has 32 digits, as MD5 has.
                       lines 3, 4
                       -> Send the SHA-256 of the trimmed, lower-cased e-mail
                          address, in UTF-8 and without a line break, as 64 hex digits.
      warning      50  Several ids have the same e-mail.
                       lines 5, 6, 8, 10, 12, ...
                       -> Nothing has to be done if they are one person.
      mended    1,200  Hashes are in upper case.
                       lines 2, 7, 9, 11, 15, ...
                       -> They were taken in lower case.
      note          1  The cells are separated by semicolons.
                       line 1
                       -> They were separated all the same.

    If you start it (estimated)

      created           9,170
      updated              12
      unchanged             3
      rejected              2
      -----------------------
      rows              9,187
      removed               1  (not in the file)
      segment changes      12  (of your customers)

    State: ready
    "
  `)
  expect(out).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\uffff]/)
})

test('the key is not shown, whatever brings it up', async () => {
  const columns = [apiKey, btoa(`${apiKey}:`)].map((name) => ({ name, means: null }))
  const { run } = await prepare({ checked: { report: { ...report, columns } } })
  const { out } = await run(['imports', 'show', first])
  expect(out.match(/\[api key\]/g)).toHaveLength(2)
})

test('on a terminal there is colour, unless it is not wanted', async () => {
  const { run } = await prepare({ checked: { report, preview } })
  const { out } = await run(['imports', 'show', first], { isTerminal: true })
  expect(out).toContain('\u001b[31m  rejected      2  \u001b[0mA hash has 32 digits')
  expect(out).not.toContain('stolen\u0007')
  const plain = await run(['imports', 'show', first], { isTerminal: true, noColor: true })
  expect(plain.out).not.toContain('\u001b')
})

test('a bar leaves room for its numbers, and is of use without them', () => {
  const upload = { done: 123_456_789, total: 456e6, bytesPerSecond: 12_300_000 }
  expect(renderUpload(upload, 79)).toBe(
    'Uploading  [#####...............]  27 %  123 MB of 456 MB  12.3 MB/s  0:27 left',
  )
  expect(renderUpload({ ...upload, bytesPerSecond: 0 }, 200)).toBe(
    'Uploading  [######..................]  27 %  123 MB of 456 MB',
  )
  expect(renderUpload({ ...upload, total: undefined }, 79)).toBe('Uploading  123 MB  12.3 MB/s')
  const rates = { rows_per_second: 21_000.4, time_left_seconds: 3_723 }
  const running = { state: 'running', rows: 4_999_999, total_rows: 5_000_000, ...rates }
  expect(renderRows(running as Import, 99)).toBe(
    'Importing  [######################]  99 %  4,999,999 of 5,000,000 rows  21,000 rows/s  1:02:03 left',
  )
  const waiting = { ...running, state: 'waiting' } as Import
  expect(renderRows(waiting, 79)).toBe('Waiting for another import of yours to end')
})

test.each([
  [[], 'Say what to do'],
  [['export'], 'There is no such command'],
  [['import'], 'Say which file to import'],
  [['import', 'a', 'b'], 'Only one file can be imported at a time'],
  [['import', 'a', '--mode', 'merge,replace'], '--mode must be merge or replace'],
  [['import', 'a', '--kind=x'], '--kind must be purchasers or accounts'],
  [['import', 'a', '--check', '--start'], '--check starts nothing: leave out --start'],
  [['import', 'a', '--hash-emails', '--no-hash-emails'], /contradict each other/],
  [['import', 'a', '--api-key', apiKey], 'There is no option --api-key'],
  [['import', 'a', `--api-key=${apiKey}`], 'There is no option --api-key'],
  [['import', 'a', `--${apiKey}`], 'There is an unknown option'],
  [['import', 'a', '--url'], '--url is not used like this'],
  [['import', 'a', '--quiet=yes'], '--quiet is not used like this'],
  [[apiKey, 'import', 'a'], 'There is no such command'],
  [['imports'], 'Say which: imports list, show, start, cancel, undo, rejects'],
  [['imports', 'list', 'x'], 'imports list takes no id'],
  [['imports', 'undo'], 'Say which import to undo'],
  [['imports', 'undo', 'a', apiKey], 'imports undo takes one id'],
  [['imports', 'show', 'a', '--start'], '--start is an option of import'],
  [['import', 'a', '--url', 'ftp://x'], /^The URL must be a URL that begins with https/],
  [['import', 'a', '--url', `https://${apiKey}@x.example`], /^The URL must have no credentials/],
])('%j cannot be understood', async (args, reason) => {
  const { status, out, err } = await play(args, { url: 'http://127.0.0.1:1' })
  expect({ status, out }).toEqual({ status: 1, out: '' })
  const [message = '', more] = err.split('\n')
  expect(message).toMatch(reason)
  expect(more).toBe('For all commands and options: newcomer --help')
})

test('the key and the URL have to be set', async () => {
  const keyless = await play(['imports', 'list'], { url: 'http://127.0.0.1:1', apiKey: '' })
  expect(keyless.err).toContain('Set NEWCOMER_API_KEY to an API key of your organization.')
  const odd = await play(['imports', 'list'], { url: 'http://127.0.0.1:1', apiKey: 'two words' })
  expect(odd.err).toContain('NEWCOMER_API_KEY must be visible ASCII')
  const placeless = await play(['imports', 'list'], { url: '' })
  expect(placeless.err).toContain('Say where Newcomer runs: --url, or NEWCOMER_URL.')
})

test('help and version need neither', async () => {
  for (const args of [['--help'], ['-h'], ['import', '--help']]) {
    const { status, out } = await play(args, { url: '', apiKey: '' })
    expect(status).toBe(0)
    expect(out).toContain('Usage: newcomer import FILE|- [options]')
    expect(out.split('\n').every((line) => line.length <= 100)).toBe(true)
  }
  const { out } = await play(['--version'], { url: '', apiKey: '' })
  expect(out).toMatch(/^newcomer \d+\.\d+\.\d+\n$/)
})
