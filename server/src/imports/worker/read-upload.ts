import { customerKey } from '../../customers/customer.ts'
import type { Vault } from '../../kernel/vault.ts'
import { createFileReader } from '../csv/file-reader.ts'
import type { FilePart, ReaderState } from '../csv/file-reader.ts'
import { FileRefused } from '../../../../client/src/customer-file/file-refused.ts'
import { encryptProgress } from '../store/import.ts'
import { packBatch } from '../store/batch.ts'
import type { ParsedBatches, UploadOptions, WorkerCalls, WorkerImport } from './worker-protocol.ts'
import { openUnpacker } from '../../../../client/src/customer-file/unpack.ts'

/** Rows that go into the database in one tx: the locks of one are held for some 50 ms. */
export const ROWS_PER_BATCH = 1_000
/** Of a file uncompressed. */
const MAX_BYTES = 16 * 2 ** 30
// Lists of hashes shrink to a half; what grows a hundredfold is made to do so.
const MAX_GROWTH = 100
const GROWTH_COUNTS_FROM = 64 * 2 ** 20
// What one slice of a body that is made to grow can become is still little.
const SLICE_BYTES = 16 * 1024

// So many are handed on together, however much a body grows: they are held in memory, and written.
const BATCHES_AT_ONCE = 16

type UploadCalls = Pick<WorkerCalls, 'beginUpload' | 'parse' | 'parseMore' | 'endUpload'>

/** Reads an upload: uncompresses it, parses its rows, and packs them as batches. */
export function createUploadCalls(vault: Vault, its: WorkerImport): UploadCalls {
  let upload: Upload | undefined
  const current = (): Upload => {
    if (!upload) throw new Error('no upload has begun')
    return upload
  }
  return {
    beginUpload(options) {
      upload = openUpload(vault, its, options)
    },
    parse: async (bytes) => current().parse(bytes),
    parseMore: async () => current().parseMore(),
    endUpload: async () => current().end(),
  }
}

interface Upload {
  parse(bytes: Uint8Array): Promise<ParsedBatches>
  parseMore(): Promise<ParsedBatches>
  end(): Promise<ParsedBatches>
}

function openUpload(vault: Vault, its: WorkerImport, options: UploadOptions): Upload {
  const from = options.from?.state as ReaderState | undefined
  const reader = createFileReader(
    { role: its.organization.role, now: options.now, rowsPerPart: ROWS_PER_BATCH },
    from,
  )
  const keyOf = (id: string): string => customerKey(vault, its.organization, id)
  const { encoding } = options
  const unpacker = encoding === 'identity' ? undefined : openUnpacker(encoding)
  let number = options.number
  const counts = { in: 0, out: from?.offset ?? 0 }
  function pack(parsed: FilePart[]): Packed {
    const batches = parsed.map((each) => {
      const named = each.rejects.flatMap(({ id }) => (id === null ? [] : keyOf(id)))
      return packBatch(vault, its.key, number++, { ...each, named })
    })
    const state = parsed.at(-1)?.state
    if (!state) return { batches, progress: null }
    const { offset, rows, report, header } = state
    const blob = encryptProgress(vault, its.key, { state, report, header })
    return { batches, progress: { offset, rows, blob } }
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

  return createUpload({ push, end, pack })
}

type Packed = Pick<ParsedBatches, 'batches' | 'progress'>

interface UploadSteps {
  push(bytes: Uint8Array): AsyncGenerator<FilePart[], void>
  end(): AsyncGenerator<FilePart[], void>
  pack(parsed: FilePart[]): Packed
}

/** Parses until there are batches enough for one answer, and the rest when it is asked to. */
function createUpload({ push, end, pack }: UploadSteps): Upload {
  let coming: AsyncGenerator<FilePart[], void> | undefined

  async function parseMore(): Promise<ParsedBatches> {
    const parsed: ParsedBatches = { batches: [], progress: null, refused: null, isMore: false }
    try {
      while (coming && !parsed.isMore) {
        const next = await coming.next()
        if (next.done) {
          coming = undefined
          break
        }
        const { batches, progress } = pack(next.value)
        parsed.batches.push(...batches)
        parsed.progress = progress ?? parsed.progress
        parsed.isMore = parsed.batches.length >= BATCHES_AT_ONCE
      }
    } catch (error) {
      if (!(error instanceof FileRefused)) throw error
      parsed.refused = { type: error.type, message: error.message }
    }
    return parsed
  }

  return {
    parse(bytes) {
      coming = push(bytes)
      return parseMore()
    },
    parseMore,
    end() {
      coming = end()
      return parseMore()
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
