import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { FileRefused } from '../../../../client/src/customer-file/file-refused.ts'
import { openUnpacker } from '../../../../client/src/customer-file/unpack.ts'

async function unpack(packing: 'gzip' | 'zstd', bytes: Buffer): Promise<string> {
  const unpacker = openUnpacker(packing)
  let size = 0
  try {
    for await (const piece of unpacker.push(bytes)) size += piece.length
    for await (const piece of unpacker.end()) size += piece.length
    return `${size}`
  } catch (error) {
    if (error instanceof FileRefused) return error.type
    throw error
  }
}

const many = (empty: Buffer, count: number) => Buffer.concat(Array<Buffer>(count).fill(empty))

test('a thousand empty frames of zstd are read, and no more', async () => {
  const empty = zstdCompressSync('')
  expect(await unpack('zstd', many(empty, 1_000))).toBe('0')
  expect(await unpack('zstd', many(empty, 1_001))).toBe('TooManyMembers')
  expect(await unpack('zstd', many(empty, 200_000))).toBe('TooManyMembers')
})

test('members of gzip, which zlib itself goes on with, cost next to nothing', async () => {
  expect(await unpack('gzip', many(gzipSync(''), 200_000))).toBe('0')
})
