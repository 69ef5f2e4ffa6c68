import { joinBytes, toByteText } from './text-bytes.ts'
import { LINE_BYTES } from './line-finder.ts'
import {
  BEGINNING_BYTES,
  countOriginalBytes,
  createTranscode,
  parseBeginning,
} from './text-encoding.ts'
import type { ByteForm, Transcode } from './text-encoding.ts'

/** However much is pushed at once, as much is turned into text at a time. */
export const BLOCK_BYTES = 262_144

/** The bytes of a file that are at hand, as UTF-8, from the first that no record has used. */
export interface Block {
  bytes: Uint8Array
  /** The same with a character for each byte. */
  text: string
  /** Whether the file ends with them. */
  isLast: boolean
}

/** Where in a file to go on. */
export interface BlockStart {
  form: ByteForm
  offset: number
}

/**
 * Makes blocks of UTF-8 of a file's bytes, which come cut anywhere: UTF-16 is turned into it, a
 * byte-order mark is left out, and what is not used of a block begins the next one.
 */
export class FileBlocks {
  form: ByteForm | undefined
  /** How many bytes the byte-order mark takes. */
  markBytes = 0
  /** The bytes of the file so far. */
  received = 0
  /** Where in the file the first byte stands that was not used. */
  offset = 0
  readonly #toText: (bytes: Uint8Array) => string
  #transcode: Transcode = createTranscode('utf-8')
  #waiting: Uint8Array[] = []
  #waitingBytes = 0

  constructor(toText: (bytes: Uint8Array) => string = toByteText, from?: BlockStart) {
    this.#toText = toText
    if (!from) return
    this.#setForm(from.form)
    this.offset = from.offset
    this.received = from.offset
  }

  /**
   * Takes the next bytes, at most `BLOCK_BYTES`, and lends what is at hand then; undefined where
   * there is nothing new to be read. Throws a FileRefused for what is no text.
   */
  take(bytes: Uint8Array, isLast: boolean): Block | undefined {
    this.received += bytes.length
    const utf8 = this.#toUtf8(bytes, isLast)
    if (utf8.length > 0) this.#waiting.push(utf8)
    this.#waitingBytes += utf8.length
    // Without the end of a line there is nothing new to read, and joining takes time.
    const isNews = utf8.includes(0x0a) || utf8.includes(0x0d) || this.#waitingBytes > LINE_BYTES
    if (this.form === undefined || (!isLast && !isNews)) {
      // The caller that pushed the bytes may use their memory again.
      if (utf8.length > 0) this.#waiting[this.#waiting.length - 1] = utf8.slice()
      return undefined
    }
    const joined = joinBytes(this.#waiting)
    this.#waiting = [joined]
    return { bytes: joined, text: this.#toText(joined), isLast }
  }

  /** Where in the file the byte stands that has this index in the block. */
  offsetOf({ bytes }: Block, index: number): number {
    return this.offset + countOriginalBytes(this.form ?? 'utf-8', bytes.subarray(0, index))
  }

  /** So many bytes of the block that was lent last are not needed again. */
  use(block: Block, count: number): void {
    this.offset = this.offsetOf(block, count)
    this.#waiting = [block.bytes.subarray(count)]
    this.#waitingBytes = block.bytes.length - count
  }

  #toUtf8(bytes: Uint8Array, isLast: boolean): Uint8Array {
    if (this.form !== undefined) return this.#transcode(bytes, isLast)
    const all = joinBytes([...this.#waiting, bytes])
    this.#waiting = []
    this.#waitingBytes = 0
    if (all.length < BEGINNING_BYTES && !isLast) return all
    const { form, markBytes } = parseBeginning(all)
    this.#setForm(form)
    this.markBytes = markBytes
    this.offset = markBytes
    return this.#transcode(all.subarray(markBytes), isLast)
  }

  #setForm(form: ByteForm): void {
    this.form = form
    this.#transcode = createTranscode(form)
  }
}
