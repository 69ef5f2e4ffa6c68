import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { makeDataFolder } from '../support/templates.ts'
import { run } from './program.ts'
import type { Program } from './program.ts'

/** With an empty database in it: only the test of a first start pays for making one. */
let folder: string
let programs: Program[]

beforeEach(async () => {
  folder = await makeDataFolder(inject('pgliteFolder'), 'start')
  programs = []
})

afterEach(async () => {
  for (const { child, ended } of programs) {
    child.kill('SIGKILL')
    await ended
  }
  rmSync(folder, { recursive: true, force: true })
})

function start(env: Record<string, string> = {}): Program {
  const program = run('main.ts', { NEWCOMER_DATA: folder, ...env })
  programs.push(program)
  return program
}

function operate(...args: string[]): Program['ended'] {
  return run('operator/command.ts', { NEWCOMER_DATA: folder }, args).ended
}

async function stop({ child, ended }: Program): Promise<number | null> {
  child.kill('SIGTERM')
  return (await ended).code
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const modeOf = (name: string): number => statSync(join(folder, name)).mode & 0o777
const secret = (name: string): string => readFileSync(join(folder, name), 'utf8').trim()

test('the first start makes what it needs, for its owner only, and logs none of it', async () => {
  rmSync(join(folder, 'pg'), { recursive: true })
  const program = start()
  const url = await program.url
  expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ meta: { status: 'ok' } })
  expect([modeOf('key'), modeOf('operator-key')]).toEqual([0o600, 0o600])

  const created = await operate(
    '--url',
    url,
    'organizations',
    'create',
    '--name',
    'Shop',
    '--role',
    'merchant',
    '--json',
  )
  expect(created).toMatchObject({ code: 0, errors: '' })
  const { id } = JSON.parse(created.output) as { id: string }
  const { output: list } = await operate('--url', url, 'organizations', 'list')
  expect(list).toMatch(
    new RegExp(`^id +role +name +customer_segments\n${id} +merchant +Shop +no\n$`),
  )
  const { output: verified, code } = await operate('--url', url, 'verify')
  expect(code).toBe(0)
  expect(verified).toContain('Nothing is wrong.')
  const refused = await operate('--url', url, 'organizations', 'update', 'org-0000000000000000')
  expect(refused).toMatchObject({
    code: 1,
    errors: 'Could not find org-0000000000000000\n',
    output: '',
  })

  const second = await start().ended
  expect(second.code).toBe(1)
  expect(second.errors).toContain(`The data folder ${folder} is in use`)

  const secrets = [secret('key'), secret('operator-key')]
  expect(await stop(program)).toBe(0)
  const { output, errors } = await program.ended
  expect(errors).toBe('')
  expect(output).toContain('"msg":"request"')
  expect(output).toContain('Development mode: webhooks may go to http://')
  for (const each of [...secrets, id]) expect(output).not.toContain(each)
})

test('without a server the operator is told so', async () => {
  writeFileSync(join(folder, 'operator-key'), 'op-0123456789abcdef\n', { mode: 0o600 })
  const url = `http://127.0.0.1:${await findFreePort()}`
  const { code, errors } = await operate('--url', url, 'organizations', 'list')
  expect(code).toBe(1)
  expect(errors).toContain(`There is no answer from ${url} (ECONNREFUSED)`)
})

describe('a database that was written under a key', () => {
  beforeEach(async () => {
    const program = start()
    await program.url
    expect(await stop(program)).toBe(0)
  })

  test('is refused another', async () => {
    const { code, errors } = await start({ NEWCOMER_KEY: 'cd'.repeat(32) }).ended
    expect(code).toBe(1)
    expect(errors).toContain('not the one that this database was written under')
    expect(errors).not.toContain('cdcd')
  })

  test('is not given a new one when its file is gone', async () => {
    rmSync(join(folder, 'key'))
    const { code, errors } = await start().ended
    expect(code).toBe(1)
    expect(errors).toContain(`The key file ${join(folder, 'key')} is missing`)
    expect(() => modeOf('key')).toThrow()
  })

  test('starts again under it, with a warning when others can read its file', async () => {
    chmodSync(join(folder, 'key'), 0o644)
    const program = start()
    await program.url
    await stop(program)
    expect((await program.ended).output).toContain('others may read it')
  })
})

test('all faults of the environment are said at once, and no value of it', async () => {
  const { code, errors, output } = await start({
    PORT: 'secret-port',
    NEWCOMER_KEY: 'secret-key',
    NEWCOMER_KEY_FILE: '/secret-file',
    NEWCOMER_OPERATOR_KEY: 'secret:op',
    NEWCOMER_PUBLIC_URL: 'https://secret@network.example',
    DATABASE_URL: 'mysql://secret',
    NEWCOMER_MODE: 'secret',
    NEWCOMER_WEBHOOK_ALLOW: 'secret',
    NEWCOMER_WEBHOOK_PORTS: 'secret',
    LOG_LEVEL: 'secret-level',
  }).ended
  expect([code, output]).toEqual([1, ''])
  for (const name of [
    'PORT',
    'NEWCOMER_KEY',
    'NEWCOMER_OPERATOR_KEY',
    'NEWCOMER_PUBLIC_URL',
    'DATABASE_URL',
    'NEWCOMER_MODE',
    'NEWCOMER_WEBHOOK_ALLOW',
    'NEWCOMER_WEBHOOK_PORTS',
    'LOG_LEVEL',
  ]) {
    expect(errors).toMatch(new RegExp(`- ${name} `))
  }
  expect(errors).not.toContain('secret')
})

test('a port in use is said in a sentence', async () => {
  const first = start()
  const { port } = new URL(await first.url)
  const other = await makeDataFolder(inject('pgliteFolder'), 'start')
  const { code, errors } = await start({ PORT: port, NEWCOMER_DATA: other }).ended
  rmSync(other, { recursive: true, force: true })
  expect(code).toBe(1)
  expect(errors).toContain('The port is in use')
})
