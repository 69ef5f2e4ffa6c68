import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { atLeastRate } from '../../src/imports/least-rate.ts'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must, startFreshNetwork } from '../support/network.ts'
import type { Network } from '../support/network.ts'
import { open, readAnswers } from '../http/raw.ts'
import { createImportCalls } from './import-calls.ts'

/** A body of which so many bytes come after so many milliseconds, by a clock of its own. */
async function readBody(pieces: [afterMs: number, bytes: number][]): Promise<number | string> {
  vi.useFakeTimers()
  try {
    const coming = pieces.values()
    const next = async (): Promise<IteratorResult<Buffer>> => {
      const piece = coming.next()
      if (piece.done) return { done: true, value: undefined }
      const [afterMs, bytes] = piece.value
      await new Promise((resolve) => setTimeout(resolve, afterMs))
      return { done: false, value: Buffer.alloc(bytes) }
    }
    let read = 0
    const reading = (async () => {
      const rate = { bytes: 1_000, windowMs: 1_000 }
      for await (const piece of atLeastRate({ next }, rate, () => Date.now())) {
        read += piece.length
        // What is done with it takes long, and does not count.
        await new Promise((resolve) => setTimeout(resolve, 5_000))
      }
      return read
    })().catch((error: Error & { status?: number }) => `${error.status} after ${read}`)
    await vi.advanceTimersByTimeAsync(10_000_000)
    return await reading
  } finally {
    vi.useRealTimers()
  }
}

test('only waiting for a body counts, and only what comes too slowly is given up', async () => {
  expect(
    await readBody([
      [0, 5],
      [0, 5],
    ]),
  ).toBe(10)
  expect(await readBody(Array(40).fill([250, 250]))).toBe(10_000)
  expect(await readBody(Array(40).fill([250, 240]))).toBe('408 after 720')
  expect(
    await readBody([
      [900, 1_000],
      [900, 10],
    ]),
  ).toBe(1_010)
  expect(
    await readBody([
      [0, 10],
      [1_001, 1_000],
    ]),
  ).toBe('408 after 10')
})

describe.each(databases)('$name: slow uploads', ({ create }) => {
  let network: Network
  let app: FastifyInstance
  let url: string

  beforeAll(async () => {
    network = await startFreshNetwork(create, { publishers: 3, merchants: 0 })
    app = buildApp({
      ...network.server.parts,
      operatorKey: network.operator.key,
      leastRate: { bytes: 100, windowMs: 1_500 },
      isStopping: () => false,
      isReady: async () => true,
    })
    await app.listen({ host: '127.0.0.1', port: 0 })
    url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    await app.close()
    await network.stop()
  })

  test('do not hold the slots: others come in, and what was slow can be gone on with', async () => {
    const slow = await Promise.all(
      [0, 0, 1, 1].map(async (index) => {
        const { key } = network.publishers[index]!
        const { id } = await must(createImportCalls(url, { key }).send(undefined))
        const head = [
          `PUT /v1/imports/${id}/file HTTP/1.1`,
          'Host: a',
          `Authorization: Basic ${btoa(`${key}:`)}`,
          'Content-Type: text/csv',
          'Content-Length: 5000',
          '',
          'user_id\n',
        ].join('\r\n')
        return { id, key, socket: open(url, head, '') }
      }),
    )
    const dripping = setInterval(() => slow.map(({ socket }) => socket.write('c\n')), 100)
    const answers = slow.map(({ socket }) => {
      socket.once('data', () => socket.end())
      return readAnswers(socket)
    })
    const other = createImportCalls(url, network.publishers[2]!)
    const file = `user_id,email_sha256\nc-1,${emailHash('1')}\n`
    expect(await other.send(file)).toMatchObject({ status: 200 })
    const told = (await Promise.all(answers)).flat()
    clearInterval(dripping)
    expect(told.map(({ status }) => status)).toEqual([408, 408, 408, 408])
    expect(told[0]!.body.error).toMatchObject({ type: 'RequestTimeout' })
    expect(told[0]!.body.error.message).toContain('go on from `received_bytes`')
    const { id, key } = slow[0]!
    const rest = await createImportCalls(url, { key }).sendRest(id, 0, file)
    expect(rest).toMatchObject({ status: 200, body: { object: { total_rows: 1 } } })
  })
})
