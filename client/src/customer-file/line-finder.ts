export type LineEnd = 'lf' | 'crlf' | 'cr'

/** A line of 64 KiB has hundreds of cells; a longer one is a file that lost its line ends. */
export const LINE_BYTES = 65_536

/**
 * Finds ends of lines in a text, going forward only. What is found stands in its fields, so that
 * millions of lines need no object each.
 */
export class LineFinder {
  /** Where the line ends, without what ends it. */
  end = 0
  /** Where the next one begins. */
  next = 0
  /** What ended it; undefined for a last line that nothing ends. */
  kind: LineEnd | undefined
  readonly #text: string
  readonly #isLast: boolean
  #feed = -1
  #carriage = -1

  /** `isLast`: the file ends with this text. */
  constructor(text: string, isLast: boolean) {
    this.#text = text
    this.#isLast = isLast
  }

  /** False where the text does not tell yet where the line from `start` ends. */
  find(start: number): boolean {
    if (this.#feed < start) this.#feed = this.#search('\n', start)
    if (this.#carriage < start) this.#carriage = this.#search('\r', start)
    const [feed, carriage, length] = [this.#feed, this.#carriage, this.#text.length]
    this.end = Math.min(feed, carriage, length)
    if (feed < carriage) return this.#found('lf', feed + 1)
    if (carriage < length) {
      if (feed === carriage + 1) return this.#found('crlf', feed + 1)
      // The LF that belongs to it may come with the next bytes.
      if (carriage + 1 === length && !this.#isLast) return false
      return this.#found('cr', carriage + 1)
    }
    return this.#isLast && start < length ? this.#found(undefined, length) : false
  }

  #found(kind: LineEnd | undefined, next: number): boolean {
    this.kind = kind
    this.next = next
    return true
  }

  #search(sign: string, start: number): number {
    const index = this.#text.indexOf(sign, start)
    return index < 0 ? Number.POSITIVE_INFINITY : index
  }
}
