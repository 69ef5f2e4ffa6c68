import { createGunzip, createZstdDecompress } from 'node:zlib'
import { FileRefused } from './file-refused.ts'

export type Packing = 'gzip' | 'zstd'
export type Take = (bytes: Uint8Array) => void

/** Undoes the compression of a body that comes in pieces, cut anywhere. Throws a FileRefused. */
export interface Unpacker {
  push(bytes: Uint8Array, take: Take): Promise<void>
  end(take: Take): Promise<void>
}

/**
 * A body may be of several compressed streams, one behind the other: what compresses on many cores
 * writes them so, and so does joining files. Each is read; Node alone would leave out some in silence.
 */
export function openUnpacker(packing: Packing): Unpacker {
  let member: Member | undefined = openMember(packing)
  let isPadded = false
  return {
    async push(bytes, take) {
      let rest = bytes
      while (rest.length > 0 && !isPadded) {
        const isFresh = member === undefined
        member ??= openMember(packing)
        const used = await member.push(rest, take)
        rest = rest.subarray(used)
        if (rest.length === 0) return
        if (isFresh && used === 0) throw damaged(packing)
        member = undefined
        // Gzip files that were on tapes have zeros behind them.
        isPadded = packing === 'gzip' && rest[0] === 0
      }
      if (rest.some((byte) => byte !== 0)) throw damaged(packing)
    },
    async end(take) {
      await member?.end(take)
    },
  }
}

interface Member {
  /** Answers how many of the bytes belong to it: fewer than all of them only where it ends. */
  push(bytes: Uint8Array, take: Take): Promise<number>
  end(take: Take): Promise<void>
}

function openMember(packing: Packing): Member {
  const stream = packing === 'gzip' ? createGunzip() : createZstdDecompress()
  const ended = Promise.withResolvers<undefined>()
  let take: Take = () => undefined
  let failure: unknown
  let isOver = false
  const close = (): void => {
    isOver = true
    stream.destroy()
    ended.resolve(undefined)
  }
  const fail = (error: unknown): void => {
    // Closing it fails what is being written to it, which is no news then.
    if (isOver) return
    failure = error
    close()
  }
  stream.on('end', close)
  stream.on('error', () => fail(damaged(packing)))
  stream.on('data', (bytes: Uint8Array) => {
    if (isOver) return
    try {
      take(bytes)
    } catch (error) {
      fail(error)
    }
  })
  const settle = async (work: Promise<unknown>): Promise<void> => {
    await work
    if (failure !== undefined) throw failure as Error
  }
  return {
    async push(bytes, its) {
      take = its
      const before = stream.bytesWritten
      const written = new Promise<void>((resolve) => {
        stream.write(bytes, (error) => {
          if (error) fail(damaged(packing))
          resolve()
        })
      })
      // Of bytes behind its end the stream never says that they are written.
      await settle(Promise.race([written, ended.promise]))
      return stream.bytesWritten - before
    },
    async end(its) {
      take = its
      stream.end()
      await settle(ended.promise)
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
