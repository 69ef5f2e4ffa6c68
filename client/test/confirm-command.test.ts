import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startFakeImports } from './fake-imports.ts'
import { makeFolder, play } from './play.ts'

const id = 'import-0000000000000001'
const replace = ['--mode', 'replace']

/** A server at which the file would take something from 120 customers. */
async function prepare() {
  const preview = {
    ...{ rows: 0, created: 0, updated: 0, unchanged: 0, rejected: 0, removed: 120, confirm: 120 },
    ...{ segment_changes: 0, is_exact: true },
  }
  const server = await startFakeImports({ checked: { preview } })
  const path = join(await makeFolder(), 'customers.csv')
  await writeFile(path, 'user_id,email_sha256\n')
  const run = (args: string[], scene = {}) => play(args, { url: server.url, ...scene })
  return { server, path, run }
}

test('a replacement that takes much away says so, and is not started by --start alone', async () => {
  const { server, path, run } = await prepare()
  const held = await run(['import', path, ...replace, '--start'])
  expect(held.status).toBe(1)
  expect(held.err).toContain('120 customers would lose what earlier imports gave them.')
  expect(held.out).toContain(`newcomer imports start ${id} --confirm 120`)
  expect(server.importOf().state).toBe('ready')

  const wrong = await run(['import', path, ...replace, '--confirm', '119'])
  expect(wrong.status).toBe(1)
  expect(wrong.err).toContain('confirm=120')
  expect(server.importOf().state).toBe('ready')

  expect(await run(['import', path, ...replace, '--confirm', '120'])).toMatchObject({ status: 0 })
  expect(server.importOf()).toMatchObject({ id, state: 'finished' })
})

test('nobody is asked for a yes where a number has to be said', async () => {
  const { server, path, run } = await prepare()
  const { status, err } = await run(['import', path, ...replace], { isTerminal: true })
  expect(status).toBe(0)
  expect(err).not.toContain('Start?')
  expect(server.importOf().state).toBe('ready')
})

test('imports start says the number, with commas too', async () => {
  const { server, path, run } = await prepare()
  await run(['import', path, ...replace])
  const unconfirmed = await run(['imports', 'start', id])
  expect(unconfirmed).toMatchObject({ status: 1 })
  expect(unconfirmed.err).toContain('confirm=120')
  const { status } = await run(['imports', 'start', id, '--confirm', '120'])
  expect(status).toBe(0)
  expect(server.calls).toContain(`POST /v1/imports/${id}/start?confirm=120`)
})

test.each([
  ['x', 'must be how many'],
  ['-1', 'is not used like this'],
  ['1.5', 'must be how many'],
])('--confirm %s is not understood', async (number, message) => {
  const { run } = await prepare()
  const { status, err } = await run(['imports', 'start', id, '--confirm', number])
  expect(status).toBe(1)
  expect(err).toContain(message)
})
