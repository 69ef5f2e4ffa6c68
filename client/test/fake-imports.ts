import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { createGunzip } from 'node:zlib'
import { onTestFinished } from 'vitest'
import type { Import } from '../src/import-answer.ts'
import { failure, many, one } from './stub-server.ts'

/** What a test wants of the server; it may change while the server runs. */
export interface Plan {
  /** The connection of the next upload breaks after so many bytes, that of the one after it, … */
  dropAfter: number[]
  /** So many streams of events break after their first event; Infinity: none comes at all. */
  dropEvents: number
  /** Status codes that the next calls are answered with, in place of what they ask for; 0: not. */
  statuses: number[]
  /** Lines whose rows are rejected; the header's is 1. */
  rejectedLines: number[]
  /** What checking and starting make of an import, beside what follows from the file. */
  checked: Partial<Import>
  running: Partial<Import>[]
  /** Whether a running import never comes to an end. */
  isEndless: boolean
  /** Whether files are kept. Otherwise they are only counted and hashed. */
  isKeeping: boolean
}

interface Held {
  current: Import
  key: string
  kept: Buffer[]
  rows: number
  hash: ReturnType<typeof createHash>
  upload: IncomingMessage | undefined
  running: Partial<Import>[]
}

const blank: Omit<Import, 'id' | 'mode' | 'kind' | 'quiet' | 'starts_at_once'> = {
  state: 'receiving',
  received_bytes: 0,
  total_rows: 0,
  rows: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  rejected: 0,
  rows_per_second: null,
  time_left_seconds: null,
  removed: 0,
  undone: 0,
  restored: 0,
  error: null,
  report: null,
  preview: null,
  created_date: '2026-01-01T00:00:00.000Z',
  started_date: null,
  ended_date: null,
}

const resting = ['ready', 'finished', 'refused', 'cancelled', 'undone']
const ended = ['finished', 'refused', 'cancelled', 'undoing', 'undone']

/** The imports of a server, in memory and as its wire has them, with connections that break. */
export async function startFakeImports(wishes: Partial<Plan> = {}): Promise<FakeImports> {
  const fake = new FakeImports(wishes)
  const server = createServer((request, response) => void fake.answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return fake
}

export class FakeImports {
  url = ''
  readonly plan: Plan
  /** A line a call. */
  readonly calls: string[] = []
  readonly keys: string[] = []
  readonly #held: Held[] = []
  readonly #wire: Buffer[] = []

  constructor(wishes: Partial<Plan>) {
    this.plan = {
      dropAfter: [],
      dropEvents: 0,
      statuses: [],
      rejectedLines: [],
      checked: {},
      running: [],
      isEndless: false,
      isKeeping: true,
      ...wishes,
    }
  }

  /** Heads and bodies, decompressed, of all that came over the wire. */
  wire(): string {
    return Buffer.concat(this.#wire).toString('latin1')
  }

  fileOf(number = 1): string {
    return Buffer.concat(this.#held[number - 1]!.kept).toString()
  }

  hashOf(number = 1): string {
    return this.#held[number - 1]!.hash.copy().digest('hex')
  }

  importOf(number = 1): Import {
    return this.#held[number - 1]!.current
  }

  /** Forgets the end of a file as if it had never come, up to a whole row; answers what is left. */
  cut(most: number, number = 1): number {
    const held = this.#held[number - 1]!
    const file = Buffer.concat(held.kept)
    const left = file.subarray(0, file.lastIndexOf(10, most) + 1)
    Object.assign(held, { kept: [], rows: 0, hash: createHash('sha256') })
    Object.assign(held.current, { state: 'receiving', received_bytes: 0 })
    this.#keep(held, left)
    return left.length
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request
    this.calls.push(`${method} ${url}`)
    this.#wire.push(Buffer.from(`${method} ${url} ${request.rawHeaders.join(' ')}\n`))
    const status = this.plan.statuses.shift()
    if (status) return failure(status, 'Planned', 'As planned')(response)
    if (request.headers.authorization !== `Basic ${btoa('sk-0123456789abcdef:')}`) {
      return failure(401, 'Unauthorized', 'Invalid api_key')(response)
    }
    const { pathname, searchParams: query } = new URL(url, 'http://any')
    const [, , , id, action] = pathname.split('/')
    if (id === undefined && method === 'POST') {
      return one(this.#open(request, query).current)(response)
    }
    if (id === undefined) return many(this.#held.map(({ current }) => current).reverse())(response)
    const held = this.#held.find(({ current }) => current.id === id)
    if (!held) return failure(404, 'NotFound', `Could not find ${id}`)(response)
    if (action === 'file') return this.#put(request, response, held, query)
    if (action === 'events') return this.#tell(response, held)
    if (action === 'rejects.csv') {
      return void response.writeHead(200, { 'content-type': 'text/csv' }).end(this.#rejects(held))
    }
    const needed = held.current.preview?.confirm ?? null
    const confirmed = new URL(url, 'http://any').searchParams.get('confirm')
    if (action === 'start' && needed !== null && confirmed !== String(needed)) {
      const details = { confirm: needed }
      return failure(409, 'ConfirmationNeeded', `Start it with confirm=${needed}`, { details })(
        response,
      )
    }
    if (action !== undefined && !this.#act(held, action)) {
      return failure(409, 'Conflict', 'Not now')(response)
    }
    return one(held.current)(response)
  }

  #open(request: IncomingMessage, query: URLSearchParams): Held {
    const key = String(request.headers['idempotency-key'])
    this.keys.push(key)
    const known = this.#held.find((held) => held.key === key && !ended.includes(held.current.state))
    if (known) return known
    const modes = (query.get('mode') ?? '').split(',')
    const current: Import = {
      ...{ id: `import-${String(this.#held.length + 1).padStart(16, '0')}`, ...blank },
      mode: modes.includes('replace') ? 'replace' : 'merge',
      kind: modes.includes('accounts') ? 'accounts' : 'purchasers',
      quiet: query.get('quiet') === 'true',
      starts_at_once: query.get('start') === 'now',
    }
    const hash = createHash('sha256')
    const held = { current, key, kept: [], rows: 0, hash, upload: undefined, running: [] }
    this.#held.push(held)
    return held
  }

  async #put(
    request: IncomingMessage,
    response: ServerResponse,
    held: Held,
    query: URLSearchParams,
  ): Promise<void> {
    const { received_bytes, state } = held.current
    if (state !== 'receiving') return failure(409, 'Conflict', 'Not now')(response)
    if (Number(query.get('offset')) !== received_bytes) {
      return failure(409, 'Conflict', 'Not there', { details: { received_bytes } })(response)
    }
    held.upload?.destroy()
    held.upload = request
    const isWhole = await this.#receive(request, held).catch(() => undefined)
    if (isWhole === undefined) return void response.destroy()
    if (query.get('last') !== 'false') {
      this.#keep(held, isWhole)
      held.current.state = 'checking'
    }
    return one(held.current)(response)
  }

  /** Answers the bytes after the last whole row; undefined where the connection has broken. */
  async #receive(request: IncomingMessage, held: Held): Promise<Buffer | undefined> {
    const dropAfter = this.plan.dropAfter.shift() ?? Number.POSITIVE_INFINITY
    const isZipped = request.headers['content-encoding'] === 'gzip'
    let length = 0
    const tail: Buffer[] = []
    for await (const raw of isZipped ? request.pipe(createGunzip()) : request) {
      const chunk = (raw as Buffer).subarray(0, dropAfter - length)
      length += chunk.length
      if (this.plan.isKeeping) this.#wire.push(chunk)
      const end = chunk.lastIndexOf(10) + 1
      if (end > 0) this.#keep(held, Buffer.concat([...tail.splice(0), chunk.subarray(0, end)]))
      tail.push(chunk.subarray(end))
      if (length >= dropAfter) return undefined
    }
    return Buffer.concat(tail)
  }

  #keep(held: Held, bytes: Buffer): void {
    held.hash.update(bytes)
    held.current.received_bytes += bytes.length
    if (!this.plan.isKeeping) return
    held.kept.push(bytes)
    for (const byte of bytes) if (byte === 10) held.rows++
    held.current.total_rows = Math.max(0, held.rows - 1)
  }

  async #tell(response: ServerResponse, held: Held): Promise<void> {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    if (this.plan.dropEvents === Number.POSITIVE_INFINITY) return void response.end(': hello\n\n')
    let toldReport: unknown
    const send = (event: string) => {
      const { report, ...rest } = held.current
      const data = event === 'progress' && report === toldReport ? rest : held.current
      toldReport = report
      return response.write(`event: ${event}\r\ndata: ${JSON.stringify(data)}\r\n\r\n`)
    }
    send('progress')
    if (this.plan.dropEvents > 0) {
      this.plan.dropEvents--
      await setImmediate()
      return void response.destroy()
    }
    while (!resting.includes(held.current.state) && !response.destroyed) {
      await setImmediate()
      this.#step(held)
      response.write(': still here\n\n')
      if (!resting.includes(held.current.state)) send('progress')
    }
    send('end')
    response.end()
  }

  /** What happens next by itself. */
  #step(held: Held): void {
    const { current } = held
    const rejected = this.plan.rejectedLines.length
    const rows = current.total_rows
    if (current.state === 'checking') {
      const preview = {
        ...{ rows, created: rows - rejected, updated: 0, unchanged: 0, rejected, removed: 0 },
        ...{ segment_changes: 0, is_exact: true, confirm: null },
      }
      Object.assign(current, { state: 'ready', preview }, this.plan.checked)
      const { state = 'ready' } = this.plan.checked
      const needed = this.plan.checked.preview?.confirm ?? null
      if (current.starts_at_once && state === 'ready' && needed === null) this.#begin(held)
    } else if (current.state === 'undoing') {
      Object.assign(current, { state: 'undone', undone: current.created })
    } else if (current.state === 'running' && !this.plan.isEndless) {
      const finished = { state: 'finished', rows, created: rows - rejected, rejected }
      Object.assign(current, held.running.shift() ?? finished)
    }
  }

  #begin(held: Held): void {
    Object.assign(held.current, { state: 'running', started_date: blank.created_date })
    held.running = [...this.plan.running]
  }

  /** Answers whether that is possible now. */
  #act(held: Held, action: string): boolean {
    const { state } = held.current
    if (action === 'start' && state === 'ready') this.#begin(held)
    else if (action === 'cancel' && !ended.includes(state)) held.current.state = 'cancelled'
    else if (action === 'undo' && ['finished', 'cancelled'].includes(state)) {
      held.current.state = 'undoing'
    } else return false
    return true
  }

  #rejects(held: Held): string {
    const [header = '', ...rows] = Buffer.concat(held.kept).toString().split('\n')
    const lines = this.plan.rejectedLines.map((line) => `${line},Not a hash,${rows[line - 2]}`)
    return [`line,reason,${header}`, ...lines, ''].join('\n')
  }
}
