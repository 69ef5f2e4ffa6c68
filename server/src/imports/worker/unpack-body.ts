import { createGunzip, createZstdDecompress } from 'node:zlib'
import { FileRefused } from '../csv/file-refused.ts'

export type Packing = 'gzip' | 'zstd'

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
  let member: Member | undefined = openMember(packing)
  let isPadded = false
  return {
    async *push(bytes) {
      let rest = bytes
      while (rest.length > 0 && !isPadded) {
        const isFresh = member === undefined
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

interface Member {
  /** Returns how many of the bytes belong to it: fewer than all of them only where it ends. */
  push(bytes: Uint8Array): AsyncGenerator<Uint8Array, number>
  end(): AsyncGenerator<Uint8Array, void>
}

function openMember(packing: Packing): Member {
  const stream = packing === 'gzip' ? createGunzip() : createZstdDecompress()
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
  const read = (): Uint8Array | null => stream.read() as Uint8Array | null

  return {
    async *push(bytes) {
      const before = stream.bytesWritten
      let isWritten = false
      // Of bytes behind its end the stream never says that they are written.
      stream.write(bytes, (error) => {
        if (error) fail()
        isWritten = true
        wake()
      })
      yield* drain(() => isWritten)
      return stream.bytesWritten - before
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
