import { customerKey } from '../customers/customer.ts'
import type { Vault } from '../kernel/vault.ts'
import { createFileReader } from './file-reader.ts'
import type { FileReader, ReaderState } from './file-reader.ts'
import { FileRefused } from './file-refused.ts'
import { encryptProgress } from './import.ts'
import { packPart } from './part.ts'
import type { Reading, ReadingOptions, ThreadCalls, ThreadImport } from './thread-calls.ts'
import { openUnpacker } from './unpack-body.ts'

/** Rows that go into the database in one tx: the locks of one are held for some 50 ms. */
export const ROWS_PER_PART = 1_000
/** Of a file uncompressed. */
const MAX_BYTES = 16 * 2 ** 30
// Lists of hashes shrink to a half; what grows a hundredfold is made to do so.
const MAX_GROWTH = 100
const GROWTH_COUNTS_FROM = 64 * 2 ** 20
// What one slice of a body that is made to grow can become is still little.
const SLICE_BYTES = 16 * 1024

type ReadingCalls = Pick<ThreadCalls, 'beginReading' | 'read' | 'endReading'>

/** Reads a body: uncompresses it, reads its rows, and packs them as parts. */
export function createFileReading(vault: Vault, its: ThreadImport): ReadingCalls {
  let body: Body | undefined
  const current = (): Body => {
    if (!body) throw new Error('nothing is being read')
    return body
  }
  return {
    beginReading(options) {
      body = openBody(vault, its, options)
    },
    async read(bytes) {
      return current().take((push) => push(bytes))
    },
    async endReading() {
      return current().take((_, end) => end())
    },
  }
}

interface Body {
  take(
    work: (push: (bytes: Uint8Array) => Promise<void>, end: () => Promise<void>) => Promise<void>,
  ): Promise<Reading>
}

function openBody(vault: Vault, its: ThreadImport, options: ReadingOptions): Body {
  const from = options.from?.state as ReaderState | undefined
  const reader = createFileReader(
    { role: its.organization.role, now: options.now, rowsPerPart: ROWS_PER_PART },
    from,
  )
  const keyOf = (id: string): string => customerKey(vault, its.organization, id)
  const { encoding } = options
  const unpacker = encoding === 'identity' ? undefined : openUnpacker(encoding)
  let number = options.number
  let reading = emptyReading()
  const counts = { in: 0, out: from?.offset ?? 0 }

  function keep(parts: ReturnType<FileReader['push']>): void {
    for (const part of parts) {
      const named = part.rejects.flatMap(({ id }) => (id === null ? [] : keyOf(id)))
      reading.parts.push(packPart(vault, its.key, number++, { ...part, named }))
    }
    const state = parts.at(-1)?.state
    if (!state) return
    const { report, header } = state
    const blob = encryptProgress(vault, its.key, { state, report, header })
    reading.progress = { offset: state.offset, rows: state.rows, blob }
  }

  function readOn(bytes: Uint8Array): void {
    counts.out += bytes.length
    refuseGrowth(counts, from?.offset ?? 0)
    keep(reader.push(bytes))
  }

  async function push(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      const slice = bytes.subarray(at, at + SLICE_BYTES)
      counts.in += slice.length
      if (unpacker) await unpacker.push(slice, readOn)
      else readOn(slice)
    }
  }

  async function end(): Promise<void> {
    if (unpacker) await unpacker.end(readOn)
    keep(reader.end())
  }

  return {
    async take(work) {
      reading = emptyReading()
      try {
        await work(push, end)
      } catch (error) {
        if (!(error instanceof FileRefused)) throw error
        reading.refused = { type: error.type, message: error.message }
      }
      return reading
    },
  }
}

function emptyReading(): Reading {
  return { parts: [], progress: null, refused: null }
}

function refuseGrowth(counts: { in: number; out: number }, from: number): void {
  if (counts.out > MAX_BYTES) {
    throw new FileRefused(
      'FileTooLarge',
      `The file is larger than ${MAX_BYTES / 2 ** 30} GiB. Send it in several files.`,
    )
  }
  const grown = counts.out - from
  if (grown > GROWTH_COUNTS_FROM && grown > counts.in * MAX_GROWTH) {
    throw new FileRefused(
      'FileGrows',
      `The file becomes more than ${MAX_GROWTH} times as large when it is uncompressed, which no list ` +
        'of customers does. Send it uncompressed if it is one.',
    )
  }
}
