import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { createClient, NewcomerError } from '../src/index.ts'
import type { ImportFile } from '../src/index.ts'
import type { ImportSummary } from '../src/import-answer.ts'
import { UploadWindow } from '../src/upload-window.ts'
import { startFakeImports } from './fake-imports.ts'
import type { Plan } from './fake-imports.ts'
import { failure, hangUp, json, one, startServer } from './stub-server.ts'
import type { Answer } from './stub-server.ts'

const apiKey = 'sk-0123456789abcdef'
const rows = Array.from({ length: 100_000 }, (_, row) => `customer-${row},${'ab'.repeat(16)}`)
const file = `user_id,email_sha256\n${rows.join('\n')}\n`

async function connect(wishes: Partial<Plan> = {}, options = {}) {
  const server = await startFakeImports(wishes)
  const waits: number[] = []
  const sleep = async (ms: number) => void waits.push(ms)
  return { server, waits, ...createClient({ apiKey, baseUrl: server.url, sleep, ...options }) }
}

/** A client of a server that gives these answers in turn. */
async function ask(...answers: Answer[]) {
  const server = await startServer(...answers)
  const { imports } = createClient({ apiKey, baseUrl: server.url, sleep: async () => {} })
  const lines = () => server.received.map(({ method, url }) => `${method} ${url}`)
  return { imports, lines, received: server.received }
}

async function* chunksOf(text: string, length = 65_536) {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += length) yield bytes.subarray(from, from + length)
}

async function collect<T>(things: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const thing of things) collected.push(thing)
  return collected
}

async function failureOf(call: Promise<unknown>): Promise<NewcomerError> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(NewcomerError)
  return error as NewcomerError
}

const files: [string, () => ImportFile][] = [
  ['text', () => file],
  ['bytes', () => Buffer.from(file)],
  ['a blob', () => new Blob([file])],
  ['an iterable', () => chunksOf(file)],
  ['a web stream', () => new Blob([file]).stream()],
  ['a function', () => (start) => chunksOf(file.slice(start))],
]

test.each(files)('%s arrives as it is, also over connections that break', async (_, make) => {
  const { server, imports, waits } = await connect({ dropAfter: [10, 1_500_000, 3, 1, 70_000] })
  const lost: string[] = []
  const received = await imports.create(make(), { onLost: ({ error }) => lost.push(error.type) })
  expect(received).toMatchObject({ state: 'checking', received_bytes: file.length })
  expect(server.fileOf() === file).toBe(true)
  expect(lost).toHaveLength(5)
  expect(waits.length).toBeGreaterThanOrEqual(10)
})

test('a small file goes up in one call, an empty one too', async () => {
  const { server, imports } = await connect()
  for (const text of ['user_id\nc1\n', 'user_id\nc1', '']) {
    expect(await imports.create(text)).toMatchObject({ state: 'checking' })
  }
  expect(server.calls.filter((call) => call.startsWith('PUT'))).toEqual([
    'PUT /v1/imports/import-0000000000000001/file?offset=0',
    'PUT /v1/imports/import-0000000000000002/file?offset=0',
    'PUT /v1/imports/import-0000000000000003/file?offset=0',
  ])
  expect(server.fileOf(2)).toBe('user_id\nc1')
})

test('a file is compressed on the way to another machine', async () => {
  const seen: string[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    seen.push(new Headers(init?.headers).get('content-encoding') ?? 'none')
    const url = new URL(new Request(input).url)
    url.hostname = '127.0.0.1'
    return globalThis.fetch(url, init)
  }
  const { server, imports } = await connect({ dropAfter: [500_000] })
  const there = server.url.replace('127.0.0.1', 'newcomer.example')
  const client = createClient({ apiKey, baseUrl: there, fetch, sleep: async () => {} })
  await client.imports.create(chunksOf(file))
  await imports.create(file, { compress: false })
  expect(server.fileOf(1) === file && server.fileOf(2) === file).toBe(true)
  expect(seen.filter((encoding) => encoding === 'gzip').length).toBeGreaterThanOrEqual(2)
})

test('the same key goes on with the same import, from where the server has it', async () => {
  const { server, imports } = await connect({ dropAfter: [1_000_000] })
  const controller = new AbortController()
  const stop = { idempotencyKey: 'key-1', signal: controller.signal }
  const stopped = imports.create(file, { ...stop, onLost: () => controller.abort(new Error('^C')) })
  await expect(stopped).rejects.toThrow('^C')
  const { received_bytes } = server.importOf()
  expect(received_bytes).toBeGreaterThan(900_000)

  const fields = { idempotencyKey: 'key-1' }
  await imports.create(chunksOf(file), fields)
  await imports.create(file, fields)
  expect(server.fileOf() === file).toBe(true)
  expect(server.calls).toContain(
    `PUT /v1/imports/import-0000000000000001/file?offset=${received_bytes}&last=false`,
  )
  expect(server.keys).toEqual(['key-1', 'key-1', 'key-1'])
})

test('what an import is to do is in the query, and a key of its own makes it repeatable', async () => {
  const { imports, lines, received } = await ask(hangUp, one({}), one({}))
  await imports.open({ mode: 'replace', kind: 'accounts', quiet: true, start: true })
  await imports.open()
  const full = 'POST /v1/imports?mode=replace%2Caccounts&start=now&quiet=true'
  expect(lines()).toEqual([full, full, 'POST /v1/imports'])
  const [first, second, third] = received.map(({ headers }) => headers['idempotency-key'])
  expect(first).toMatch(/^[0-9a-f-]{36}$/)
  expect(second).toBe(first)
  expect(third).not.toBe(first)
})

test('a source that fails is not taken for one that has ended', async () => {
  const { server, imports } = await connect()
  async function* broken() {
    yield* chunksOf(file.slice(0, 2_000_000))
    throw new Error('The disk is gone')
  }
  const lost: string[] = []
  const call = imports.create(broken(), { onLost: ({ error }) => lost.push(error.type) })
  await expect(call).rejects.toThrow('The disk is gone')
  expect(server.importOf().state).toBe('receiving')
  expect(lost).toEqual([])
  const window = new UploadWindow(broken())
  const pieces = window.piece(false)
  await expect(collect(pieces)).rejects.toThrow('The disk is gone')
  await expect(window.fill()).rejects.toThrow('The disk is gone')
})

const receiving = (received_bytes: number) =>
  one({ id: 'import-1', state: 'receiving', received_bytes })

test('what the server has lost of a stream, and what it has beyond the file, is not made up', async () => {
  const answers = [receiving(0), receiving(1_000_000), hangUp, receiving(10), receiving(10)]
  const { imports, lines } = await ask(...answers)
  await expect(imports.create(chunksOf(file))).rejects.toThrow(/cannot be read again/)
  expect(lines()).toHaveLength(5)
  const short = await ask(receiving(50), receiving(50), receiving(50))
  for (const text of ['short', new Blob(['short']), chunksOf('short')]) {
    await expect(short.imports.upload('import-1', text)).rejects.toThrow(/more of this file/)
  }
})

test('a row longer than what is kept goes up all the same', async () => {
  const { server, imports } = await connect({ isKeeping: false })
  const row = 'x'.repeat(40 * 1024 * 1024)
  const received = await imports.create(chunksOf(`${row}\nshort\n`, 1_000_000))
  expect(received).toMatchObject({ state: 'checking', received_bytes: row.length + 7 })
  expect(server.calls.filter((call) => call.startsWith('PUT'))).toEqual([
    'PUT /v1/imports/import-0000000000000001/file?offset=0&last=false',
    'PUT /v1/imports/import-0000000000000001/file?offset=0',
  ])
})

test('the last piece of a file is never empty', async () => {
  const window = new UploadWindow(chunksOf(file))
  expect(await window.fill()).toBe(false)
  const before = Buffer.concat(await collect(window.piece(false))).length
  expect(before).toBeLessThan(file.length)
  await window.seek(before)
  expect(await window.fill()).toBe(true)
  expect(Buffer.concat(await collect(window.piece(true)))).toHaveLength(file.length - before)
})

test('while a source stalls no connection is held open, and nothing is lost', async () => {
  let goOn: (() => void) | undefined
  async function* slow() {
    for (let part = 0; part < 3; part++) {
      yield* chunksOf('y'.repeat(1_200_000), 100_000)
      await new Promise<void>((resolve) => (goOn = resolve))
    }
  }
  const window = new UploadWindow(slow(), { sliceMs: 5 })
  const lengths: number[] = []
  for (let isLast = false, offset = 0; !isLast;) {
    await window.seek(offset)
    isLast = await window.fill()
    const bytes = Buffer.concat(await collect(window.piece(isLast)))
    lengths.push(bytes.length)
    offset += bytes.length
    // The piece has ended, though the source has more and does not give it.
    if (!isLast) expect(goOn).toBeDefined()
    goOn?.()
    goOn = undefined
  }
  // The chunk that came last is kept back until it is known whether it is the end.
  expect(lengths).toEqual([1_100_000, 1_200_000, 1_200_000, 100_000])
})

test('two that send the same file do not fight', async () => {
  const taken = failure(409, 'Conflict', 'Another call sends this file now')
  const { imports, lines } = await ask(receiving(0), taken, receiving(0))
  expect(await failureOf(imports.create('user_id\n'))).toMatchObject({ status: 409 })
  expect(lines()).toHaveLength(3)

  const growing = [0, 100, 200].map(receiving)
  const { imports: others } = await ask(receiving(0), hangUp, ...growing)
  expect(await failureOf(others.create('user_id\n'))).toMatchObject({ type: 'TakenOver' })
})

test('an import that ends while its file comes is the answer', async () => {
  const ended = { id: 'import-1', state: 'refused', error: { message: 'No', type: 'FileDamaged' } }
  const { imports } = await ask(receiving(0), failure(409, 'Conflict', 'Not now'), one(ended))
  expect(await imports.create('user_id\n')).toEqual(ended)
})

test('what the server refuses is not tried again, and has no key in it', async () => {
  const quoting = failure(413, 'TooLarge', `Too large for ${apiKey}`)
  const { imports, received } = await ask(receiving(0), quoting)
  const error = await failureOf(imports.create('user_id\n'))
  expect(error).toMatchObject({ status: 413, message: 'Too large for [api key]' })
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain(apiKey)
  expect(received).toHaveLength(2)
})

test('after ten minutes without the server an upload is given up', async () => {
  const { server, imports, waits } = await connect({}, { retries: 0 })
  const { id } = await imports.open()
  const upload = imports.upload(id, chunksOf(file))
  server.plan.statuses = [0, ...Array<number>(1_000).fill(503)]
  expect(await failureOf(upload)).toMatchObject({ status: 503 })
  const waited = waits.reduce((sum, ms) => sum + ms)
  expect(waited).toBeGreaterThan(500_000)
  expect(waited).toBeLessThanOrEqual(600_000)
})

test('an import is watched until it rests, over streams that break', async () => {
  const running = [40, 80].map((each) => ({ rows: each, created: each }))
  const { server, imports } = await connect({ running, dropEvents: 2 })
  const { id } = await imports.create('user_id\na\nb\n')
  expect((await collect(imports.watch(id))).at(-1)).toMatchObject({ state: 'ready' })
  await imports.start(id)
  server.plan.dropEvents = 1
  const watched = await collect(imports.watch(id))
  // Which most events leave out.
  const { report } = await imports.get(id)
  for (const its of watched) expect(its.report).toEqual(report)
  const seen = watched.map(({ state, rows: done }) => [state, done])
  expect(seen).toEqual([
    ['running', 0],
    ['running', 0],
    ['running', 40],
    ['running', 80],
    ['finished', 2],
  ])
})

test('where no events come through, the import is asked for', async () => {
  const { server, imports, waits } = await connect({ dropEvents: Number.POSITIVE_INFINITY })
  const { id } = await imports.create('user_id\na\n', { start: true })
  const seen: string[] = []
  for await (const { state } of imports.watch(id)) {
    seen.push(state)
    if (state !== 'finished') server.importOf().state = 'finished'
  }
  expect(seen).toEqual(['checking', 'finished'])
  expect(waits.at(-1)).toBe(2_000)
})

test('watching ends with the error of the server, or with the caller’s', async () => {
  const { imports } = await connect()
  expect(await failureOf(collect(imports.watch('import-9')))).toMatchObject({ status: 404 })
  const { id } = await imports.open()
  const signal = AbortSignal.abort(new Error('Enough'))
  await expect(collect(imports.watch(id, { signal }))).rejects.toThrow('Enough')
  const odd = await ask(json(200, { meta: { status: 'ok' }, object: {} }))
  const events = collect(odd.imports.watch('import-1'))
  expect(await failureOf(events)).toMatchObject({ type: 'UnexpectedAnswer' })
})

test.each([
  ['start', 'running'],
  ['cancel', 'cancelled'],
  ['undo', 'undone'],
] as const)(
  '%s is done where its answer was lost, and refused where not',
  async (action, state) => {
    const conflict = failure(409, 'Conflict', 'Not now')
    const done = { id: 'import-1', state }
    const { imports, lines } = await ask(hangUp, conflict, one(done))
    expect(await imports[action]('import-1')).toEqual(done)
    const path = `POST /v1/imports/import-1/${action}`
    expect(lines()).toEqual([path, path, 'GET /v1/imports/import-1'])

    const other = await ask(conflict, one({ id: 'import-1', state: 'checking' }))
    expect(await failureOf(other.imports[action]('import-1'))).toMatchObject({ status: 409 })
  },
)

test('imports are listed, and their rejected rows come as text', async () => {
  const { imports } = await connect({ rejectedLines: [2] })
  const { id } = await imports.create('user_id\nümlaut\n', { start: true })
  await collect(imports.watch(id))
  const listed: ImportSummary[] = await collect(await imports.list())
  expect(listed.map(({ state, rejected }) => [state, rejected])).toEqual([['finished', 1]])
  expect(await imports.get(id)).toEqual(listed[0])
  const text = (await collect(imports.rejects(id))).join('')
  expect(text).toBe('line,reason,user_id\n2,Not a hash,ümlaut\n')
  expect(await failureOf(collect(imports.rejects('import-9')))).toMatchObject({ status: 404 })
})
