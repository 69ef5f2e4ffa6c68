/** So much of a file is sent at a time, before compression. */
export const PIECE_BYTES = 8 * 1_048_576

/** A part of a file, from byte `offset` on. */
export interface Piece {
  offset: number
  chunks: Uint8Array<ArrayBuffer>[]
  size: number
  isLast: boolean
}

export type OpenChunks = () => AsyncIterator<Uint8Array<ArrayBuffer>, void, undefined>

/**
 * Cuts a stream into pieces that each begin where the receiver says. It has kept whole batches of rows only, so the
 * next piece begins within the last one, which is kept for that; for what lies further back, such as after a reload,
 * the stream is read anew and skipped.
 */
export class PieceCutter {
  readonly #open: OpenChunks
  #source: AsyncIterator<Uint8Array<ArrayBuffer>, void, undefined> | undefined
  /** What was read and may be asked for again; it begins at `#start`. */
  #held: Uint8Array<ArrayBuffer>[] = []
  #heldBytes = 0
  #start = 0
  #isEnded = false

  constructor(open: OpenChunks) {
    this.#open = open
  }

  /**
   * The piece from this byte on: `size` bytes and what is left of the last chunk, or all that is left. Throws
   * RangeError where the stream ends before.
   */
  async cut(from: number, size = PIECE_BYTES): Promise<Piece> {
    if (!this.#source || from < this.#start) this.#restart()
    this.#drop(from)
    while (!this.#isEnded && this.#start + this.#heldBytes < from + size) {
      await this.#read()
      this.#drop(from)
    }
    // One chunk ahead, so that the last piece is known to be the last.
    if (!this.#isEnded) await this.#read()
    if (from > this.#start + this.#heldBytes) {
      throw new RangeError('The server has more of this file than there is: it is another file.')
    }
    return this.#take(from, size)
  }

  /** Reads on while something else is waited for, so that the next piece is there at once. */
  async readAhead(size = PIECE_BYTES): Promise<void> {
    const wanted = this.#heldBytes + size
    while (!this.#isEnded && this.#heldBytes < wanted) await this.#read()
  }

  #restart(): void {
    this.#source = this.#open()
    this.#held = []
    this.#heldBytes = 0
    this.#start = 0
    this.#isEnded = false
  }

  async #read(): Promise<void> {
    const next = await this.#source?.next()
    if (!next || next.done === true) {
      this.#isEnded = true
      return
    }
    this.#held.push(next.value)
    this.#heldBytes += next.value.length
  }

  /** Forgets what lies before. */
  #drop(from: number): void {
    for (let first = this.#held[0]; first && this.#start < from; first = this.#held[0]) {
      const cut = Math.min(first.length, from - this.#start)
      if (cut === first.length) this.#held.shift()
      else this.#held[0] = first.subarray(cut)
      this.#start += cut
      this.#heldBytes -= cut
    }
  }

  #take(offset: number, size: number): Piece {
    const chunks: Uint8Array<ArrayBuffer>[] = []
    let taken = 0
    for (const chunk of this.#held) {
      if (taken >= size) break
      chunks.push(chunk)
      taken += chunk.length
    }
    return { offset, chunks, size: taken, isLast: this.#isEnded && taken === this.#heldBytes }
  }
}
