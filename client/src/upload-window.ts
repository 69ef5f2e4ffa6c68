import { byteChunks } from './utf8-chunks.ts'
import type { Chunks } from './utf8-chunks.ts'

/**
 * A file to be imported: whole, as a stream, or as a function that opens it from a byte on, such as
 * `(start) => createReadStream(path, { start })`. What can be read again, all but streams, can be
 * mended after a lost connection however little of it had arrived.
 */
export type ImportFile = Chunks | Blob | ((start: number) => Chunks | Promise<Chunks>)

/**
 * So much goes up in one piece, which stays in memory until the server says that it has it: lost
 * connections are mended from there.
 */
export const pieceBytes = 32 * 1024 * 1024

/** A file up to this length goes up in one call. */
const firstBytes = 1024 * 1024

/** The part of a file that is being sent. */
export class UploadWindow {
  readonly #file: ImportFile
  #chunks: Uint8Array[] = []
  #start = 0
  #end = 0
  #hasEnded = false
  #reader: AsyncGenerator<Uint8Array, void, undefined> | undefined
  #reading: Promise<void> | undefined

  constructor(file: ImportFile) {
    this.#file = file
  }

  /** Where it ends, a byte of the file: so far it has been read. */
  get end(): number {
    return this.#end
  }

  /** Lets it begin at that byte. Throws TypeError when a stream has gone past it, or ends before. */
  async seek(offset: number): Promise<void> {
    await this.#reading
    const isInside = offset >= this.#start && offset <= this.#end
    if (!isInside && !isStream(this.#file)) this.#reopen(offset)
    if (offset < this.#start) {
      throw new TypeError('The server has lost a part of the stream that cannot be read again')
    }
    while (this.#end < offset && !this.#hasEnded) {
      this.#dropTo(this.#end)
      await this.#readMore()
    }
    if (this.#end < offset) throw new TypeError('The server has more of this file than there is')
    this.#dropTo(offset)
  }

  /** Reads on a little, and answers whether the window holds all the rest of the file. */
  async fill(): Promise<boolean> {
    while (!this.#hasEnded && this.#end - this.#start < firstBytes) await this.#readMore()
    return this.#hasEnded
  }

  /** From its beginning, reading on as needed. Unless it is the last, a piece leaves something. */
  async *piece(isLast: boolean): AsyncGenerator<Uint8Array, void, undefined> {
    // What is left over is the last piece's, which so is never empty.
    const left = isLast ? 0 : 1
    const most = this.#start + pieceBytes
    for (let index = 0, at = this.#start; isLast || at < most; index += 1) {
      while (!this.#hasEnded && index >= this.#chunks.length - left) await this.#readMore()
      const chunk = index < this.#chunks.length - left ? this.#chunks[index] : undefined
      if (!chunk) return
      at += chunk.length
      yield chunk
    }
  }

  /** All the rest of the file, which is not kept. */
  async *rest(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      for (let chunk = this.#chunks.shift(); chunk; chunk = this.#chunks.shift()) {
        this.#start += chunk.length
        yield chunk
      }
      if (this.#hasEnded) return
      await this.#readMore()
    }
  }

  #reopen(offset: number): void {
    void this.#reader?.return()
    this.#reader = undefined
    this.#chunks = []
    this.#start = this.#end = offset
    this.#hasEnded = false
  }

  #dropTo(offset: number): void {
    for (let [first] = this.#chunks; first && this.#start + first.length <= offset;) {
      this.#start += first.length
      this.#chunks.shift()
      first = this.#chunks[0]
    }
    if (this.#chunks[0]) this.#chunks[0] = this.#chunks[0].subarray(offset - this.#start)
    this.#start = offset
  }

  /** A piece that was given up may still wait for the same chunk: it is read once. */
  async #readMore(): Promise<void> {
    this.#reading ??= this.#readOne().finally(() => (this.#reading = undefined))
    return this.#reading
  }

  async #readOne(): Promise<void> {
    this.#reader ??= byteChunks(await open(this.#file, this.#end))
    const next = await this.#reader.next()
    if (next.done === true) this.#hasEnded = true
    else {
      this.#chunks.push(next.value)
      this.#end += next.value.length
    }
  }
}

function isStream(file: ImportFile): boolean {
  return typeof file === 'object' && !(file instanceof Uint8Array) && !isBlob(file)
}

function isBlob(file: object): file is Blob {
  return file instanceof Blob
}

async function open(file: ImportFile, start: number): Promise<Chunks> {
  if (typeof file === 'function') return file(start)
  if (typeof file === 'string') return new TextEncoder().encode(file).subarray(start)
  if (file instanceof Uint8Array) return file.subarray(start)
  return isBlob(file) ? file.slice(start).stream() : file
}
