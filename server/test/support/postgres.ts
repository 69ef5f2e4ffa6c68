import { execFile } from 'node:child_process'
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { accountForPostgres, installedBinaries, usableBinaries } from './postgres-binaries.ts'
import type { Account } from './postgres-binaries.ts'
import { startGuarded } from './postgres-guard.ts'
import type { Guarded } from './postgres-guard.ts'

const run = promisify(execFile)

export interface Postgres {
  port: number
  /** A folder that is removed with the server, however that ends. */
  folder: string
  url(database: string): string
  /** Stops the server at once and removes its folder. */
  stop(): Promise<void>
  /** Kills every process of the server; what it had on disk stays, for `restart`. */
  kill9(): Promise<void>
  /** Starts it again on the same folder and port, after `kill9` or (stopped properly) while it runs. */
  restart(): Promise<void>
}

export interface PostgresOptions {
  /** As in postgresql.conf. */
  settings?: Record<string, string>
  /** Where the binaries lie; those of npm unless a test says otherwise. */
  installed?: string
}

const settingsOfEveryServer: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  // What is mapped from the data folder is gone with the folder, also after a kill -9.
  dynamic_shared_memory_type: 'mmap',
}

// A cold start on two busy cores takes a second; a minute means that something is wrong.
const startTimeoutMs = 60_000
const pollMs = 20
const bindAttempts = 10

export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const account = await accountForPostgres()
  const folder = await makeFolder(account)
  try {
    const installed = options.installed ?? installedBinaries()
    const native = await usableBinaries(installed, folder, account)
    const settings = { ...settingsOfEveryServer, ...options.settings }
    const server = new Server({ native, folder, account, settings })
    await server.initialize()
    await server.startOnFreePort()
    return server
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

interface ServerParts {
  native: string
  folder: string
  account: Account
  settings: Record<string, string>
}

class Server implements Postgres {
  port = 0
  readonly #parts: ServerParts
  #running: Guarded | undefined

  constructor(parts: ServerParts) {
    this.#parts = parts
  }

  get folder(): string {
    return this.#parts.folder
  }

  get #dataFolder(): string {
    return join(this.#parts.folder, 'database')
  }

  get #logFile(): string {
    return join(this.#parts.folder, 'postgres.log')
  }

  url(database: string): string {
    return `postgres://newcomer@127.0.0.1:${this.port}/${database}`
  }

  async initialize(): Promise<void> {
    const { native, folder, account } = this.#parts
    const flags = ['--username=newcomer', '--auth=trust', '--encoding=UTF8', '--no-sync']
    // Most servers sort text by a language's rules, PGlite by bytes; the tests should see both.
    flags.push('--locale=C', '--locale-provider=icu', '--icu-locale=en-US')
    const options = { ...account, cwd: folder, env: environment(folder) }
    await run(join(native, 'bin', 'initdb'), ['-D', this.#dataFolder, ...flags], options)
  }

  async startOnFreePort(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      this.port = await findFreePort()
      try {
        await this.#start()
        return
      } catch (error) {
        // Between our look and its bind, somebody else may have taken the port.
        const taken = error instanceof Error && error.message.includes('could not bind')
        if (!taken || attempt === bindAttempts) throw error
      }
    }
  }

  async stop(): Promise<void> {
    await this.#running?.discard()
    this.#running = undefined
    await rm(this.#parts.folder, { recursive: true, force: true })
  }

  async kill9(): Promise<void> {
    await this.#running?.kill9()
    this.#running = undefined
  }

  async restart(): Promise<void> {
    await this.#running?.shutDown()
    this.#running = undefined
    await this.#start()
  }

  async #start(): Promise<void> {
    const { native, folder, account, settings } = this.#parts
    const args = Object.entries({ ...settings, port: String(this.port) })
    const command = [join(native, 'bin', 'postgres'), '-D', this.#dataFolder]
    for (const [name, value] of args) command.push('-c', `${name}=${value}`)
    const env = environment(folder)
    const running = await startGuarded({ command, folder, account, env, logFile: this.#logFile })
    try {
      await this.#untilReady(running)
    } catch (error) {
      await running.shutDown()
      throw error
    }
    this.#running = running
  }

  async #untilReady(running: Guarded): Promise<void> {
    const deadline = Date.now() + startTimeoutMs
    while (!(await this.#isReady(running.pid))) {
      if (running.ended || Date.now() > deadline) {
        throw new Error(`PostgreSQL did not start:\n${await readFile(this.#logFile, 'utf8')}`)
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs))
    }
  }

  /** The file's first line is the process, its eighth the state, as pg_ctl reads them. */
  async #isReady(pid: number): Promise<boolean> {
    const file = join(this.#dataFolder, 'postmaster.pid')
    const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n')
    return lines[0] === String(pid) && lines[7]?.trim() === 'ready'
  }
}

/** Nothing of the caller's environment: PGPORT and the like would change what is tested. */
function environment(folder: string): NodeJS.ProcessEnv {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder, LC_ALL: 'C', TZ: 'UTC' }
}

async function makeFolder(account: Account): Promise<string> {
  for (const parent of [tmpdir(), '/tmp']) {
    const folder = await mkdtemp(join(parent, 'newcomer-postgres-'))
    if (account.uid === undefined || account.gid === undefined) return folder
    await chown(folder, account.uid, account.gid)
    // TMPDIR may lie below a private home, where the account cannot go.
    const options = { ...account, cwd: '/' }
    const reachable = await run('sh', ['-c', 'cd "$1"', 'sh', folder], options).then(
      () => true,
      () => false,
    )
    if (reachable) return folder
    await rm(folder, { recursive: true })
  }
  throw new Error('Found no temporary folder that the account of PostgreSQL can reach')
}

// Below these Linux needs root, above them it takes the ports of outgoing connections, which
// could occupy ours while the server is down between kill9 and restart.
const firstPort = 20_000
const portCount = 12_000

async function findFreePort(): Promise<number> {
  for (;;) {
    const port = firstPort + Math.floor(Math.random() * portCount)
    if (!(await accepts(port)) && (await canListen(port))) return port
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => {
      resolve(false)
    })
  })
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.on('error', () => {
      resolve(false)
    })
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true)
      })
    })
  })
}
