import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, lstat, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import { installedBinaries } from './postgres-binaries.ts'
import { startPostgres } from './postgres.ts'
import type { Postgres } from './postgres.ts'

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(text)
    return rows
  } finally {
    await client.end()
  }
}

async function start(options?: Parameters<typeof startPostgres>[0]): Promise<Postgres> {
  const postgres = await startPostgres(options)
  onTestFinished(() => postgres.stop())
  return postgres
}

test('the shared server does not wait for the disk, but for the commit', async () => {
  const rows = await query(
    inject('postgresUrl'),
    `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as "commit",
      current_setting('max_connections') as connections`,
  )
  expect(rows).toEqual([{ fsync: 'off', commit: 'on', connections: '200' }])
})

test('a server of one’s own syncs, survives kill -9 and takes settings', async () => {
  const postgres = await start({ settings: { max_connections: '20' } })
  const url = postgres.url('postgres')
  await query(url, 'create table kept as select 1 as one')
  expect(await query(url, 'show fsync')).toEqual([{ fsync: 'on' }])

  await postgres.kill9()
  await expect(query(url, 'select 1')).rejects.toThrow('ECONNREFUSED')
  await postgres.restart()
  expect(await query(url, 'select one from kept')).toEqual([{ one: 1 }])
  await postgres.restart()
  expect(await query(url, 'show max_connections')).toEqual([{ max_connections: '20' }])

  await postgres.stop()
  await expect(query(url, 'select 1')).rejects.toThrow('ECONNREFUSED')
})

test('a setting that PostgreSQL refuses fails with its own words', async () => {
  await expect(start({ settings: { max_connections: 'many' } })).rejects.toThrow(
    'invalid value for parameter "max_connections"',
  )
})

/** As `npm ci --ignore-scripts` leaves them, in a folder that only this account may enter. */
async function installWithoutLinks(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'newcomer-home-'))
  onTestFinished(() => rm(home, { recursive: true }))
  const installed = join(home, 'native')
  await cp(installedBinaries(), installed, {
    recursive: true,
    verbatimSymlinks: true,
    filter: async (source) => !(await lstat(source)).isSymbolicLink(),
  })
  return installed
}

test('binaries without their links, in a private folder, are copied and linked', async () => {
  const postgres = await start({ installed: await installWithoutLinks() })
  expect(await query(postgres.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }])
})

test('the server ends with the process that started it, even by kill -9', async () => {
  const program = `
    const { startPostgres } = await import(process.argv[1])
    const postgres = await startPostgres({ installed: process.argv[2] })
    console.log(JSON.stringify({ url: postgres.url('postgres'), folder: postgres.folder }))
    setInterval(() => undefined, 1000)`
  const module = new URL('./postgres.ts', import.meta.url).href
  const args = ['--input-type=module', '--eval', program, module, await installWithoutLinks()]
  const owner = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(owner.stdout, 'data')) as [Buffer]
  const { url, folder } = JSON.parse(line.toString()) as { url: string; folder: string }
  expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }])
  expect(existsSync(folder)).toBe(true)

  owner.kill('SIGKILL')
  await expect.poll(() => existsSync(folder), { timeout: 20_000 }).toBe(false)
  await expect(query(url, 'select 1')).rejects.toThrow('ECONNREFUSED')
})
