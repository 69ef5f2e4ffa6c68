import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { freshFolder, run } from './program.ts'
import { startReceiver } from '../support/receiver.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const README = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
const OPERATOR_KEY = 'op-a-key-for-tests-only'

// As much of curl as the tour needs: the tests ask for nothing but Node.js and npm.
const CURL = `#!/usr/bin/env node
const { values, positionals } = require('node:util').parseArgs({
  options: { user: { type: 'string', short: 'u' }, header: { type: 'string', short: 'H' },
    data: { type: 'string', short: 'd' }, silent: { type: 'boolean', short: 's' },
    output: { type: 'string', short: 'o' }, 'write-out': { type: 'string', short: 'w' } },
  allowPositionals: true,
})
const headers = values.user ? { authorization: 'Basic ' + btoa(values.user) } : {}
if (values.header) headers['content-type'] = values.header.split(': ')[1]
const method = values.data === undefined ? 'GET' : 'POST'
fetch(positionals[0], { method, headers, body: values.data, redirect: 'manual' })
  .then((answer) => values['write-out'] ? answer.headers.get('location') : answer.text())
  .then((text) => process.stdout.write(text + '\\n'))
`

/** The commands of the tour, without the output that stands between them. */
function commandsOfTour(): string {
  const tour = README.slice(README.indexOf('## A tour'), README.indexOf('## Use it'))
  const blocks = tour.split('\n\n').filter((block) => block.startsWith('    '))
  const commands = blocks.filter((block) => !block.startsWith('    {') && !/npm start/.test(block))
  return commands.join('\n').replaceAll(/^ {4}/gm, '')
}

test('the tour of the README does what it says', { timeout: 120_000 }, async () => {
  const folder = freshFolder()
  const server = run('main.ts', { NEWCOMER_DATA: folder.path, NEWCOMER_OPERATOR_KEY: OPERATOR_KEY })
  onTestFinished(async () => {
    server.child.kill()
    await server.ended
    folder.drop()
  })
  const receiver = await startReceiver()
  onTestFinished(() => receiver.close())
  const url = await server.url
  const script = commandsOfTour()
    .replaceAll('http://127.0.0.1:8080', url)
    .replaceAll('http://127.0.0.1:9000/', receiver.url)
    // The receiver is this test's: it has to be listening before the order comes.
    .replace(/^node -e .*listen\(9000\).*$/m, '')
  writeFileSync(join(folder.path, 'curl'), CURL, { mode: 0o755 })
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: ROOT,
    env: {
      // npm and the shell are the machine's, Node is the one that runs this test.
      PATH: `${folder.path}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      NEWCOMER_OPERATOR_KEY: OPERATOR_KEY,
      PORT: new URL(url).port,
    },
  })
  expect(stdout).toContain('"name":"new"')
  expect(stdout).toMatch(/"order_id":"1994","segment":"new"/)
  expect(stdout).toMatch(/"order_id":"1995","segment":"active".*"matched":"email_sha256"/)
  expect(stdout).toMatch(/"offers":\[\{[^}]*"rate_percent":"2"/)
  expect(stdout).toMatch(/"amount":45,"currency":"USD","order_total":2299/)
  expect(stdout).toContain('Nothing is wrong.')
  await receiver.arrived(1)
  expect(receiver.received[0]?.body).toMatchObject({
    event_type: 'segment-change',
    customer_id: 'customer-123',
    sequence: 1,
    cause: 'order',
  })
})
