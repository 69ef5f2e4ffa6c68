import { ADDRESS_REMOVED, hasAtSign } from './address-text.ts'

/** What no address contains, so that one begins and ends there: blanks, delimiters, quotes, brackets. */
const WORD = /[^\0-\x20'",;|<>()[\]]+/g
/** Of what may be the beginning of a word that goes on, so much is kept. */
const LONGEST_WORD = 4_096
const SUSPICIOUS = /[@%=&\\\xef]/

/** A text of bytes in which every word with an `@` is replaced; line ends, delimiters and quotes stay. */
export function removeAddresses(bytes: string, removed: () => void): string {
  if (!SUSPICIOUS.test(bytes)) return bytes
  return bytes.replaceAll(WORD, (word) => {
    if (!SUSPICIOUS.test(word) || !hasAtSign(word)) return word
    removed()
    return ADDRESS_REMOVED
  })
}

/** The same for a line that comes in pieces, which may part a word. */
export class AddressRemover {
  readonly #removed: () => void
  #held = ''

  constructor(removed: () => void) {
    this.#removed = removed
  }

  push(bytes: string): string {
    const all = this.#held + bytes
    const [word = ''] = /[^\0-\x20'",;|<>()[\]]*$/.exec(all.slice(-2 * LONGEST_WORD)) ?? []
    // Of a word without end what may still become an address is kept: the last of it.
    const isEndless = word.length > LONGEST_WORD
    const held = isEndless && !SUSPICIOUS.test(word) ? word.slice(-LONGEST_WORD / 4) : word
    this.#held = held
    return removeAddresses(all.slice(0, all.length - held.length), this.#removed)
  }

  end(): string {
    const held = this.#held
    this.#held = ''
    return removeAddresses(held, this.#removed)
  }
}
