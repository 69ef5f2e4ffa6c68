import { gunzipSync } from 'node:zlib'
import { NewcomerError } from '@newcomer/client/browser'
import type { Import, ImportPiece } from '@newcomer/client/browser'
import { expect, test } from 'vitest'
import { createAnswerer } from '../src/imports/answer-page.ts'
import { checkFile } from '../src/imports/check-file.ts'
import { sendFile } from '../src/imports/send-file.ts'
import type { PackedPiece } from '../src/imports/worker-protocol.ts'

const PIECE = 4_000
const lost = (): never => {
  throw new NewcomerError({ status: 0, type: 'NetworkError', message: 'lost' })
}

/** As the server receives a file: whole batches of rows, and 409 where a piece does not begin there. */
class Receiver {
  readonly kept: Buffer[] = []
  state: Import['state'] = 'receiving'
  readonly rowsPerBatch: number
  pieces = 0

  constructor(rowsPerBatch = 10) {
    this.rowsPerBatch = rowsPerBatch
  }

  get current(): Import {
    const all = Buffer.concat(this.kept)
    return { id: 'import-1', state: this.state, received_bytes: all.length } as Import
  }

  async take(piece: ImportPiece): Promise<Import> {
    this.pieces += 1
    const { received_bytes: received } = this.current
    if (piece.offset !== received) {
      throw new NewcomerError({
        status: 409,
        type: 'Conflict',
        message: 'elsewhere',
        details: { received_bytes: received },
      })
    }
    const bytes = gunzipSync(Buffer.from(await piece.content.arrayBuffer()))
    if (piece.isLast) {
      this.kept.push(bytes)
      this.state = 'checking'
    } else this.kept.push(bytes.subarray(0, this.#endOfBatches(bytes)))
    return this.current
  }

  #endOfBatches(bytes: Buffer): number {
    let end = 0
    let rows = 0
    for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
      rows += 1
      if (rows % this.rowsPerBatch === 0) end = at + 1
    }
    return end
  }
}

function customers(rows: number): File {
  const lines = Array.from({ length: rows }, (_, row) => `c${row},Person.${row}@Shop.example,x\n`)
  return new File([`id,email,note\n${lines.join('')}`], 'customers.csv')
}

interface Sending {
  file: File
  /** What is sent, as it was checked before. */
  expected: Uint8Array
  cut(from: number, size: number): Promise<PackedPiece>
}

async function open(file: File): Promise<Sending> {
  const { sha256, bytes } = await checkFile(file, {}, () => undefined)
  const answer = createAnswerer()
  const tell = () => undefined
  await answer({ ask: 'open', file, columns: {}, sha256 }, tell)
  const cut = async (from: number, size: number, isPacked = true) =>
    (await answer({ ask: 'piece', from, size, isPacked }, tell)) as PackedPiece
  const whole = await cut(0, bytes + 1, false)
  expect(whole).toMatchObject({ offset: 0, size: bytes, isLast: true })
  // In small pieces, of which each is several of the file's chunks or none.
  return {
    file,
    expected: new Uint8Array(await whole.content.arrayBuffer()),
    cut: (from, size) => cut(from, Math.round((size * PIECE) / (8 * 1_048_576))),
  }
}

/** A file as a stream of small chunks, as a slow disk gives it. */
function inChunks(file: File, bytes: number): File {
  const chopped = () =>
    new ReadableStream<Uint8Array<ArrayBuffer>>({
      async start(controller) {
        const all = new Uint8Array(await file.arrayBuffer())
        for (let at = 0; at < all.length; at += bytes) controller.enqueue(all.slice(at, at + bytes))
        controller.close()
      },
    })
  return Object.defineProperty(file, 'stream', { value: chopped })
}

const parts = (receiver: Receiver, sending: Sending, waits: number[]) => ({
  get: async () => receiver.current,
  sendPiece: (piece: ImportPiece) => receiver.take(piece),
  cut: sending.cut,
  sleep: async (ms: number) => void waits.push(ms),
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onLost: () => undefined,
})

test('a file arrives as it was checked, in pieces that begin where the server is', async () => {
  const sending = await open(inChunks(customers(2_000), 700))
  const receiver = new Receiver()
  const waits: number[] = []
  const progress: number[] = []
  const ended = await sendFile(
    { ...parts(receiver, sending, waits), onProgress: (its) => progress.push(its.received_bytes) },
    receiver.current,
  )
  expect(ended.state).toBe('checking')
  expect(Buffer.concat(receiver.kept)).toEqual(Buffer.from(sending.expected))
  expect(receiver.pieces).toBeGreaterThan(10)
  expect(progress).toEqual(progress.toSorted((a, b) => a - b))
  expect(waits).toEqual([])
})

test('lost lines are waited for, longer each time, and nothing is sent twice', async () => {
  const sending = await open(inChunks(customers(1_000), 700))
  const receiver = new Receiver()
  const waits: number[] = []
  let calls = 0
  const plain = parts(receiver, sending, waits)
  const ended = await sendFile(
    {
      ...plain,
      async sendPiece(piece) {
        calls += 1
        // Before the server has it, or behind: the answer is lost.
        if (calls % 5 === 2) return lost()
        const answer = await receiver.take(piece)
        return calls % 5 === 4 ? lost() : answer
      },
      get: async () => (waits.length % 3 === 1 ? lost() : receiver.current),
    },
    receiver.current,
  )
  expect(ended.state).toBe('checking')
  expect(Buffer.concat(receiver.kept)).toEqual(Buffer.from(sending.expected))
  expect(waits.length).toBeGreaterThan(3)
  expect(waits.slice(0, 2)).toEqual([1_000, 2_000])
  expect(Math.max(...waits)).toBeLessThanOrEqual(30_000)
})

test('after a reload the same file goes on, and another is not taken for it', async () => {
  const file = inChunks(customers(1_000), 700)
  const first = await open(file)
  const receiver = new Receiver()
  const stop = new AbortController()
  const broken = sendFile(
    {
      ...parts(receiver, first, []),
      signal: stop.signal,
      onProgress: () => {
        if (receiver.pieces === 4) stop.abort(new Error('closed'))
      },
    },
    receiver.current,
  )
  await expect(broken).rejects.toThrow('closed')
  const { received_bytes: received } = receiver.current
  expect(received).toBeGreaterThan(0)
  const again = await open(file)
  await sendFile(parts(receiver, again, []), receiver.current)
  expect(receiver.state).toBe('checking')
  expect(Buffer.concat(receiver.kept)).toEqual(Buffer.from(first.expected))
  // One that is shorter than what has come.
  const short = await open(customers(3))
  await expect(short.cut(received, PIECE)).rejects.toThrow('it is another file')
})

test('a batch that is longer than a piece arrives all the same', async () => {
  const sending = await open(inChunks(customers(1_000), 700))
  const receiver = new Receiver(400)
  await sendFile(parts(receiver, sending, []), receiver.current)
  expect(Buffer.concat(receiver.kept)).toEqual(Buffer.from(sending.expected))
})

test('a file that changed since it was checked never arrives whole', async () => {
  const file = customers(1_000)
  const { sha256 } = await checkFile(file, {}, () => undefined)
  const changed = new File([await file.text(), 'c9,x@y.example,\n'], 'customers.csv')
  const answer = createAnswerer()
  await answer({ ask: 'open', file: changed, columns: {}, sha256 }, () => undefined)
  const cut = (from: number, size: number) =>
    answer({ ask: 'piece', from, size, isPacked: true }, () => undefined) as Promise<PackedPiece>
  const receiver = new Receiver()
  const sending = { file: changed, expected: new Uint8Array(), cut }
  await expect(sendFile(parts(receiver, sending, []), receiver.current)).rejects.toThrow(
    'The file has changed',
  )
  expect(receiver.state).toBe('receiving')
})

test('what waiting does not mend ends it', async () => {
  const sending = await open(customers(3))
  const receiver = new Receiver()
  const refuse = async (): Promise<never> => {
    throw new NewcomerError({ status: 409, type: 'Conflict', message: 'Another call sends it' })
  }
  const waits: number[] = []
  const sent = sendFile({ ...parts(receiver, sending, waits), sendPiece: refuse }, receiver.current)
  await expect(sent).rejects.toThrow('Another call sends it')
  expect(waits).toEqual([])
})
