import { byteChunks } from './customer-file/file-chunks.ts'
import type { Chunks } from './customer-file/file-chunks.ts'

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
export const PIECE_BYTES = 32 * 1024 * 1024

/**
 * So long a call waits for more of the file. Connections on which nothing moves are cut by servers and
 * by what stands before them, mostly after a minute.
 */
const SLICE_MS = 20_000

/** A file up to this length goes up in one call. */
const FIRST_BYTES = 1024 * 1024

/** The part of a file that is being sent. */
export class UploadWindow {
  readonly #file: ImportFile
  readonly #sliceMs: number
  #chunks: Uint8Array[] = []
  #start = 0
  #end = 0
  /** How far it has been sent, whether or not that arrived. */
  #sent = 0
  #hasEnded = false
  #failure: { thrown: unknown } | undefined
  #reader: AsyncGenerator<Uint8Array, void, undefined> | undefined
  #reading: Promise<void> | undefined

  constructor(file: ImportFile, times = { sliceMs: SLICE_MS }) {
    this.#file = file
    this.#sliceMs = times.sliceMs
  }

  /** Where it ends, a byte of the file: so far it has been read. */
  get end(): number {
    return this.#end
  }

  /** Whether it holds as much as is sent in one piece. */
  get isFull(): boolean {
    return this.#end - this.#start >= PIECE_BYTES
  }

  /** Lets it begin at that byte. Throws TypeError when a stream has gone past it, or ends before. */
  async seek(offset: number): Promise<void> {
    const isInside = offset >= this.#start && offset <= this.#end
    if (!isInside && !isStream(this.#file)) await this.#reopen(offset)
    if (offset < this.#start) {
      throw new TypeError('The server has lost a part of the stream that cannot be read again')
    }
    while (this.#end < offset && !this.#hasEnded) {
      this.#dropTo(this.#end)
      await this.#readMore()
    }
    this.#dropTo(checkedStart(offset, this.#end))
  }

  /**
   * Reads on until there is something new to be sent, however long that takes. Answers whether the
   * window holds all the rest of the file.
   */
  async fill(): Promise<boolean> {
    for (;;) {
      const last = this.#chunks.at(-1)?.length ?? 0
      const isEnough = this.#end - this.#start >= FIRST_BYTES && this.#end - last > this.#sent
      if (this.#hasEnded || isEnough) return this.#hasEnded
      await this.#readMore()
    }
  }

  /**
   * From its beginning, reading on as long as that goes quickly. Unless it is the last, a piece leaves
   * something: so the last is never empty.
   */
  async *piece(isLast: boolean): AsyncGenerator<Uint8Array, void, undefined> {
    const left = isLast ? 0 : 1
    const most = this.#start + PIECE_BYTES
    for (let index = 0, at = this.#start; isLast || at < most; index++) {
      while (!this.#hasEnded && index >= this.#chunks.length - left) {
        if (!(await this.#readInTime())) return
      }
      const chunk = index < this.#chunks.length - left ? this.#chunks[index] : undefined
      if (!chunk) return
      at += chunk.length
      this.#sent = Math.max(this.#sent, at)
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

  async #reopen(offset: number): Promise<void> {
    // A read that is under way would be taken for one of the new beginning.
    await this.#reading?.catch(() => undefined)
    void this.#reader?.return()
    this.#reader = undefined
    this.#failure = undefined
    this.#chunks = []
    this.#start = this.#end = this.#sent = offset
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

  /** Answers whether something came, or the end. */
  async #readInTime(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, this.#sliceMs, false)
    })
    try {
      return await Promise.race([this.#readMore().then(() => true), late])
    } finally {
      clearTimeout(timer)
    }
  }

  async #readOne(): Promise<void> {
    // A source that failed would now say that it has ended, and half a file pass for a whole one.
    if (this.#failure) throw this.#failure.thrown
    try {
      this.#reader ??= byteChunks(await open(this.#file, this.#end))
      const next = await this.#reader.next()
      if (next.done === true) this.#hasEnded = true
      else {
        this.#chunks.push(next.value)
        this.#end += next.value.length
      }
    } catch (thrown) {
      this.#failure = { thrown }
      throw thrown
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
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file
  if (bytes instanceof Uint8Array) return bytes.subarray(checkedStart(start, bytes.length))
  return isBlob(bytes) ? bytes.slice(checkedStart(start, bytes.size)).stream() : bytes
}

function checkedStart(start: number, length: number): number {
  if (start <= length) return start
  throw new TypeError('The server has more of this file than there is')
}
