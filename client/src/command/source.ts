import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'

import { FileRefused } from '../customer-file/file-refused.ts'
import { joinBytes } from '../customer-file/text-bytes.ts'
import { findPacking, openUnpacker } from '../customer-file/unpack.ts'
import { CommandError } from './command-error.ts'

/** The file to be imported. */
export interface Source {
  /** As it is called in what is printed. */
  name: string
  /** Its bytes on the disk; undefined for a stream. */
  size: number | undefined
  /** The same as long as the file is; undefined for a stream. */
  fingerprint: string | undefined
  /** So many of its bytes have been read, of the last time. */
  done(): number
  /** The beginning of its text. */
  head(): Promise<Uint8Array>
  /** Its text from the beginning. A stream can be read only once. */
  read(): AsyncIterable<Uint8Array>
}

/** Enough rows to see what is in the columns. */
const headLength = 256 * 1024

/** Files of the same size that are changed rarely differ in the middle alone. */
const sampleLength = 1024 * 1024

/** Throws CommandError for what cannot be read or is no text. */
export async function openSource(path: string, stdin: Readable): Promise<Source> {
  if (path === '-') return streamSource('standard input', stdin)
  try {
    const stats = await stat(path)
    if (stats.isDirectory()) throw new CommandError(`${path} is a folder`)
    // A pipe has a name as well: `newcomer import <(export-customers)`.
    if (!stats.isFile()) return await streamSource(basename(path), createReadStream(path))
    return await fileSource(path)
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw new CommandError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
}

async function fileSource(path: string): Promise<Source> {
  const { size, mtimeMs } = await stat(path)
  const fingerprint = await sampleOf(path, size, mtimeMs)
  let done = 0
  async function* readRaw() {
    done = 0
    for await (const chunk of createReadStream(path, { highWaterMark: headLength })) {
      done += (chunk as Uint8Array).length
      yield chunk as Uint8Array
    }
    const after = await stat(path)
    if (after.size !== size || after.mtimeMs !== mtimeMs) {
      throw new CommandError(`${path} was changed while it was being read: import it again`)
    }
  }
  const read = () => decompressed(readRaw())
  return {
    name: basename(path),
    size,
    fingerprint,
    done: () => done,
    head: async () => (await peek(read())).head,
    read,
  }
}

async function sampleOf(path: string, size: number, mtimeMs: number): Promise<string> {
  const file = await open(path)
  try {
    const first = await readAt(file, 0)
    const last = await readAt(file, Math.max(0, size - sampleLength))
    return JSON.stringify([size, mtimeMs, sha256(first), sha256(last)])
  } finally {
    await file.close()
  }
}

async function readAt(file: FileHandle, position: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(sampleLength)
  let length = 0
  for (;;) {
    const at = position + length
    const { bytesRead } = await file.read(buffer, length, sampleLength - length, at)
    length += bytesRead
    if (bytesRead === 0 || length === sampleLength) return buffer.subarray(0, length)
  }
}

/** In lower-case hex; of a text, of its UTF-8. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

async function streamSource(name: string, stream: Readable): Promise<Source> {
  let done = 0
  async function* readRaw() {
    for await (const chunk of stream) {
      done += (chunk as Uint8Array).length
      yield chunk as Uint8Array
    }
  }
  const { head, all } = await peek(decompressed(readRaw()))
  return {
    name,
    size: undefined,
    fingerprint: undefined,
    done: () => done,
    head: async () => head,
    read: () => all,
  }
}

/** The beginning of a stream, and all of it. */
async function peek(chunks: AsyncIterable<Uint8Array>, length = headLength) {
  const iterator = chunks[Symbol.asyncIterator]()
  let head = new Uint8Array()
  while (head.length < length) {
    const next = await iterator.next()
    if (next.done === true) break
    head = joinBytes([head, next.value])
  }
  async function* all() {
    yield head
    for (;;) {
      const next = await iterator.next()
      if (next.done === true) return
      yield next.value
    }
  }
  return { head, all: all() }
}

/** Text, whether or not it was compressed; told by its first bytes, not by its name. */
async function* decompressed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { head, all } = await peek(chunks, 4)
  if (Buffer.from(head.subarray(0, 4)).toString('hex') === '504b0304') {
    throw new CommandError('The file is a workbook or a zip archive: save it as CSV (UTF-8)')
  }
  const packing = findPacking(head)
  if (packing === undefined) {
    yield* all
    return
  }
  const unpacker = openUnpacker(packing)
  try {
    for await (const chunk of all) yield* unpacker.push(chunk)
    yield* unpacker.end()
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error
    const isDamaged = error.type === 'FileDamaged'
    throw new CommandError(
      isDamaged ? 'The file is compressed, and damaged or cut short' : error.message,
    )
  }
}
