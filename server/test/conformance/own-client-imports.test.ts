import { beforeAll, describe, expect, test } from 'vitest'
import { createClient, hashEmail } from '../../../client/src/index.ts'
import type { Client } from '../../../client/src/index.ts'
import type { Import } from '../../../client/src/import-answer.ts'
import { databases } from '../support/databases.ts'
import { useNetwork } from '../support/network.ts'
import { clientOf, collect, failureOf } from './own-client.ts'
import { startStallingProxy } from './stalling-proxy.ts'

const row = (name: string) => `${name},${hashEmail(`${name}@example.com`)}\n`
const rowsOf = (name: string, from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => row(`${name}-${from + index}`)).join('')
const fileOf = (name: string, count: number) => `user_id,email_sha256\n${rowsOf(name, 0, count)}`

async function* chunksOf(text: string, length = 5_000): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += length) yield bytes.subarray(from, from + length)
}

describe.each(databases)('imports by our own client, on $name', ({ create }) => {
  const network = useNetwork(create, { publishers: 1, merchants: 1 })
  let publisher: Client
  let merchant: Client

  beforeAll(() => {
    publisher = clientOf(network, network.publishers[0]!)
    merchant = clientOf(network, network.merchants[0]!)
  })

  async function follow({ imports }: Client, id: string): Promise<Import> {
    const seen: Import[] = []
    for await (const each of imports.watch(id)) {
      expect(each.created + each.updated + each.unchanged + each.rejected).toBe(each.rows)
      seen.push(each)
    }
    const last = seen.at(-1)!
    expect(last).toEqual(await imports.get(id))
    return last
  }

  test('from a stream to its undoing', async () => {
    const { imports } = merchant
    const file = `${fileOf('c', 30)}c-30,none at all\nc-31,=1+1\n`
    let sent = 0
    const options = { kind: 'accounts', mode: 'replace', quiet: true } as const
    const received = await imports.create(chunksOf(file, 100), {
      ...options,
      compress: true,
      onProgress: (progress) => (sent = progress.sent),
    })
    expect(sent).toBe(file.length)
    expect(received).toMatchObject({ ...options, received_bytes: file.length, total_rows: 32 })
    const ready = await follow(merchant, received.id)
    expect(ready).toMatchObject({ state: 'ready', rows: 0, error: null })
    expect(ready.preview).toEqual({
      ...{ rows: 32, created: 30, updated: 0, unchanged: 0, rejected: 2, removed: 0 },
      ...{ segment_changes: 0, is_exact: true, confirm: null },
    })
    expect(ready.report!.columns[1]).toEqual({ name: 'email_sha256', means: 'email_sha256' })
    expect(ready.report!.findings[0]).toMatchObject({ severity: 'rejected', lines: [32, 33] })
    expect(await failureOf(imports.undo(ready.id))).toMatchObject({ status: 409, type: 'Conflict' })
    expect(['waiting', 'running', 'finished']).toContain((await imports.start(ready.id)).state)
    const done = await follow(merchant, ready.id)
    expect(done).toMatchObject({ state: 'finished', rows: 32, created: 30, rejected: 2 })
    expect(await imports.start(done.id)).toMatchObject({ state: 'finished' })
    let rejects = ''
    for await (const piece of imports.rejects(done.id)) rejects += piece
    expect(rejects).toMatch(/^line,reason,user_id,email_sha256\r\n32,.*,c-30,none at all\r\n33,/)
    expect(rejects).toContain(`,c-31,'=1+1\r\n`)
    expect(await failureOf(imports.cancel(done.id))).toMatchObject({ status: 409 })
    expect(['undoing', 'undone']).toContain((await imports.undo(done.id)).state)
    expect(await follow(merchant, done.id)).toMatchObject({ state: 'undone', undone: 30 })
    expect(await imports.undo(done.id)).toMatchObject({ state: 'undone' })
    expect(await failureOf(merchant.customers.get('c-0'))).toMatchObject({ status: 404 })
  })

  test('whatever it is given as, started at once', async () => {
    const file = fileOf('d', 3)
    const files = [file, Buffer.from(file), new Blob([file]), () => chunksOf(file)]
    for (const [index, each] of files.entries()) {
      const received = await publisher.imports.create(each, { start: true, compress: index > 1 })
      expect(received).toMatchObject({ kind: null, starts_at_once: true, total_rows: 3 })
      const done = await follow(publisher, received.id)
      expect(done).toMatchObject({ state: 'finished', created: index === 0 ? 3 : 0, preview: null })
    }
  })

  test('piece by piece, where it is longer than one', async () => {
    const { imports } = publisher
    const file = fileOf('e', 17_000)
    expect(file.length).toBeGreaterThan(1024 * 1024)
    const received = await imports.create(chunksOf(file, 65_536))
    expect(received).toMatchObject({ received_bytes: file.length, total_rows: 17_000 })
    expect(await imports.cancel(received.id)).toMatchObject({ state: 'cancelled' })
    expect(await imports.cancel(received.id)).toMatchObject({ state: 'cancelled' })
  })

  test('a file that was interrupted is gone on with, from where it was kept', async () => {
    const file = fileOf('f', 3_000)
    const stalled = createClient({
      apiKey: network.publishers[0]!.key,
      baseUrl: await startStallingProxy(network.url, 150_000),
      retries: 0,
    })
    const options = { idempotencyKey: 'interrupted', compress: false }
    const leaving = new AbortController()
    const left = stalled.imports.create(chunksOf(file), { ...options, signal: leaving.signal })
    const begun = await publisher.imports.open(options)
    await expect
      .poll(async () => (await publisher.imports.get(begun.id)).total_rows, { timeout: 20_000 })
      .toBeGreaterThanOrEqual(1_000)
    leaving.abort(new Error('enough'))
    await expect(left).rejects.toThrow('enough')
    const starts: number[] = []
    const open = (start: number) => {
      starts.push(start)
      return chunksOf(file.slice(start))
    }
    const received = await publisher.imports.upload(begun.id, open)
    expect(starts[0]).toBeGreaterThan(70_000)
    expect(received).toMatchObject({ id: begun.id, total_rows: 3_000 })
    const again = await publisher.imports.create(file, options)
    expect(again).toMatchObject({ id: begun.id, received_bytes: file.length })
    const ready = await follow(publisher, begun.id)
    expect(ready.preview).toMatchObject({ rows: 3_000, created: 3_000, is_exact: true })
    await publisher.imports.cancel(begun.id)
  })

  test('what is refused says why', async () => {
    const refused = await publisher.imports.create('name,mail\nAnn,none\n')
    expect(refused).toMatchObject({ state: 'refused', rows: 0, report: null })
    expect(refused.error!.message).toContain('user_id')
    expect(await follow(publisher, refused.id)).toMatchObject({ state: 'refused' })
    const asAccounts = publisher.imports.create(fileOf('g', 1), { kind: 'accounts' })
    expect(await failureOf(asAccounts)).toMatchObject({ status: 400, details: { field: 'mode' } })
    const { id } = await merchant.imports.open()
    const calls = [
      publisher.imports.get(id),
      publisher.imports.start(id),
      publisher.imports.upload(id, fileOf('g', 1)),
      publisher.imports.watch(id).next(),
      publisher.imports.rejects(id).next(),
    ]
    for (const error of await Promise.all(calls.map((call) => failureOf(call)))) {
      expect(error).toMatchObject({
        status: 404,
        type: 'NotFound',
        message: `Could not find ${id}`,
      })
    }
    expect(await merchant.imports.get(id)).toMatchObject({ state: 'receiving', total_rows: 0 })
  })

  test('all of them, page by page, the newest first', async () => {
    const made = [await merchant.imports.open(), await merchant.imports.open()]
    const listed = await collect(merchant.imports.list({ page_size: 2 }))
    expect(listed.length).toBeGreaterThan(2)
    const [older, newer] = made.map(({ report, ...rest }) => {
      expect(report, 'lists leave it out').toBeNull()
      return rest
    })
    expect(listed.slice(0, 2)).toEqual([newer, older])
    const page = await merchant.imports.list({ page_size: 1 })
    expect(page.objects).toEqual([newer])
  })
})
