import type { Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import { FileRefused } from './file-refused.ts'

/*
 * The one file of this folder that is for Node.js alone, and that nothing else of it imports: browsers
 * have nothing that reads a file of several compressed streams to its end.
 */

export type Packing = 'gzip' | 'zstd'

/** How a file is compressed, by its first four bytes; undefined for one that is not. */
export function findPacking(start: Uint8Array): Packing | undefined {
  const [first = 0, second, third, fourth] = start
  if (first === 0x1f && second === 0x8b) return 'gzip'
  if (first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd) return 'zstd'
  // A frame that is to be skipped, with which some tools begin.
  const isSkipped = first >= 0x50 && first <= 0x5f && second === 0x2a
  return isSkipped && third === 0x4d && fourth === 0x18 ? 'zstd' : undefined
}

/**
 * Undoes the compression of a body that comes in pieces, cut anywhere. What they become is given out
 * little by little, as it is asked for. Throws a FileRefused.
 */
export interface Unpacker {
  push(bytes: Uint8Array): AsyncGenerator<Uint8Array, void>
  end(): AsyncGenerator<Uint8Array, void>
}

/**
 * A body may be of several compressed streams, one behind the other: what compresses on many cores
 * writes them so, and so does joining files. Each is read; Node alone would leave out some in silence.
 */
export function openUnpacker(packing: Packing): Unpacker {
  let members = 1
  let taken = 0
  let member: Member | undefined = openMember(packing)
  let isPadded = false
  return {
    async *push(bytes) {
      let rest = bytes
      taken += bytes.length
      while (rest.length > 0 && !isPadded) {
        const isFresh = member === undefined
        if (isFresh) refuseMembers(packing, ++members, taken - rest.length)
        member ??= openMember(packing)
        const used: number = yield* member.push(rest)
        rest = rest.subarray(used)
        if (rest.length === 0) return
        if (isFresh && used === 0) throw damaged(packing)
        member = undefined
        // Gzip files that were on tapes have zeros behind them.
        isPadded = packing === 'gzip' && rest[0] === 0
      }
      if (rest.some((byte) => byte !== 0)) throw damaged(packing)
    },
    async *end() {
      if (member) yield* member.end()
    },
  }
}

// What compresses on many cores writes a member for 64 KiB or more, and opening one takes as long as reading
// some 10 KiB: two hundred thousand empty ones would take as long as a file of gigabytes.
const MEMBERS_AT_ONCE = 1_000
const LEAST_MEMBER_BYTES = 1_024

function refuseMembers(packing: Packing, members: number, bytes: number): void {
  if (members <= MEMBERS_AT_ONCE || bytes >= members * LEAST_MEMBER_BYTES) return
  throw new FileRefused(
    'TooManyMembers',
    `The file is of so many small compressed streams as ${packing} does not write. Decompress it, and ` +
      'compress it as a whole or send it uncompressed.',
  )
}

interface Member {
  /** Returns how many of the bytes belong to it: fewer than all of them only where it ends. */
  push(bytes: Uint8Array): AsyncGenerator<Uint8Array, number>
  end(): AsyncGenerator<Uint8Array, void>
}

function createDecompressor(packing: Packing): Transform & zlib.Zlib {
  if (packing === 'gzip') return zlib.createGunzip()
  // Node has it since 22.15.
  const create = (zlib as Partial<typeof zlib>).createZstdDecompress
  if (create) return create()
  throw new FileRefused(
    'NoZstd',
    'This Node.js cannot read zstd, which Node.js 22.15 can: decompress the file first.',
  )
}

function openMember(packing: Packing): Member {
  const stream = createDecompressor(packing)
  let failure: unknown
  let isOver = false
  let wake = (): void => undefined
  const close = (): void => {
    isOver = true
    stream.destroy()
    wake()
  }
  const fail = (): void => {
    // Closing it fails what is being written to it, which is no news then.
    if (isOver) return
    failure = damaged(packing)
    close()
  }
  stream.on('readable', () => wake())
  stream.on('end', close)
  stream.on('error', fail)

  async function* drain(isDone: () => boolean): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      // What comes from here on is not missed, though it comes before it is waited for.
      const news = new Promise<void>((resolve) => (wake = resolve))
      for (let piece = read(); piece !== null; piece = read()) yield piece
      if (failure !== undefined) throw failure as Error
      if (isOver || isDone()) return
      await news
    }
  }
  const bytesWritten = (): number => stream.bytesWritten
  const read = (): Uint8Array | null => stream.read() as Uint8Array | null

  return {
    async *push(bytes) {
      const before = bytesWritten()
      let isWritten = false
      // Of bytes behind its end the stream never says that they are written.
      stream.write(bytes, (error: unknown) => {
        if (error != null) fail()
        isWritten = true
        wake()
      })
      yield* drain(() => isWritten)
      return bytesWritten() - before
    },
    async *end() {
      stream.end()
      yield* drain(() => false)
    },
  }
}

function damaged(packing: Packing): FileRefused {
  return new FileRefused(
    'FileDamaged',
    `The file is not what ${packing} writes, or not all of it came. Compress it anew, or send it ` +
      'uncompressed.',
  )
}
