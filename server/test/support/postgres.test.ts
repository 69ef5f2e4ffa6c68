import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, lstat, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import { installedBinaries } from './postgres-binaries.ts'
import { startPostgres } from './postgres.ts'
import type { Postgres } from './postgres.ts'

const run = promisify(execFile)

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

test('binaries without their links, in a private folder, are copied and linked', async () => {
  const home = await mkdtemp(join(tmpdir(), 'newcomer-home-'))
  onTestFinished(() => rm(home, { recursive: true }))
  const installed = join(home, 'native')
  await cp(installedBinaries(), installed, {
    recursive: true,
    verbatimSymlinks: true,
    filter: async (source) => !(await lstat(source)).isSymbolicLink(),
  })
  const postgres = await start({ installed })
  expect(await query(postgres.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }])
})

test('the server ends with the process that started it, even by kill -9', async () => {
  const program = `
    const { startPostgres } = await import(process.argv[1])
    console.log((await startPostgres()).url('postgres'))
    setInterval(() => undefined, 1000)`
  const module = new URL('./postgres.ts', import.meta.url).href
  const args = ['--input-type=module', '--eval', program, module]
  const owner = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(owner.stdout, 'data')) as [Buffer]
  const url = line.toString().trim()
  const [{ folder }] = (await query(url, `select current_setting('data_directory') as folder`)) as [
    { folder: string },
  ]

  owner.kill('SIGKILL')
  await expect
    .poll(() => query(url, 'select 1').catch((error: unknown) => String(error)), {
      timeout: 20_000,
    })
    .toContain('ECONNREFUSED')
  await expect
    .poll(
      () =>
        run('test', ['-e', folder]).then(
          () => 'there',
          () => 'gone',
        ),
      { timeout: 20_000 },
    )
    .toBe('gone')
})
