import { customerKey } from '../../customers/customer.ts'
import type { Vault } from '../../kernel/vault.ts'
import { createFileReader } from '../csv/file-reader.ts'
import type { FilePart, ReaderState } from '../csv/file-reader.ts'
import { FileRefused } from '../../../../client/src/customer-file/file-refused.ts'
import { encryptProgress } from '../store/import.ts'
import { packPart } from '../store/batch.ts'
import type { Reading, ReadingOptions, ThreadCalls, ThreadImport } from './worker-protocol.ts'
import { openUnpacker } from '../../../../client/src/customer-file/unpack.ts'

/** Rows that go into the database in one tx: the locks of one are held for some 50 ms. */
export const ROWS_PER_PART = 1_000
/** Of a file uncompressed. */
const MAX_BYTES = 16 * 2 ** 30
// Lists of hashes shrink to a half; what grows a hundredfold is made to do so.
const MAX_GROWTH = 100
const GROWTH_COUNTS_FROM = 64 * 2 ** 20
// What one slice of a body that is made to grow can become is still little.
const SLICE_BYTES = 16 * 1024

// So many are handed on together, however much a body grows: they are held in memory, and written.
const PARTS_AT_ONCE = 16

type ReadingCalls = Pick<ThreadCalls, 'beginReading' | 'read' | 'readOn' | 'endReading'>

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
    read: async (bytes) => current().read(bytes),
    readOn: async () => current().readOn(),
    endReading: async () => current().end(),
  }
}

interface Body {
  read(bytes: Uint8Array): Promise<Reading>
  readOn(): Promise<Reading>
  end(): Promise<Reading>
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
  const counts = { in: 0, out: from?.offset ?? 0 }
  function keep(reading: Reading, parts: FilePart[]): void {
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

  function take(bytes: Uint8Array): FilePart[] {
    counts.out += bytes.length
    refuseGrowth(counts, from?.offset ?? 0)
    return reader.push(bytes)
  }

  async function* push(bytes: Uint8Array): AsyncGenerator<FilePart[], void> {
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      const slice = bytes.subarray(at, at + SLICE_BYTES)
      counts.in += slice.length
      for await (const piece of unpacker?.push(slice) ?? [slice]) yield take(piece)
    }
  }

  async function* end(): AsyncGenerator<FilePart[], void> {
    for await (const piece of unpacker?.end() ?? []) yield take(piece)
    yield reader.end()
  }

  return createBody({ push, end, keep })
}

interface BodyParts {
  push(bytes: Uint8Array): AsyncGenerator<FilePart[], void>
  end(): AsyncGenerator<FilePart[], void>
  keep(reading: Reading, parts: FilePart[]): void
}

/** Reads what comes as far as it makes parts enough for one answer, and the rest when it is asked to. */
function createBody({ push, end, keep }: BodyParts): Body {
  let coming: AsyncGenerator<FilePart[], void> | undefined

  async function readOn(): Promise<Reading> {
    const reading: Reading = { parts: [], progress: null, refused: null, isMore: false }
    try {
      while (coming && !reading.isMore) {
        const next = await coming.next()
        if (next.done) coming = undefined
        else keep(reading, next.value)
        reading.isMore = reading.parts.length >= PARTS_AT_ONCE
      }
    } catch (error) {
      if (!(error instanceof FileRefused)) throw error
      reading.refused = { type: error.type, message: error.message }
    }
    return reading
  }

  return {
    read(bytes) {
      coming = push(bytes)
      return readOn()
    },
    readOn,
    end() {
      coming = end()
      return readOn()
    },
  }
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
