import { randomFillSync } from 'node:crypto'

/* eslint no-param-reassign: ['error', { props: false }] --
   It is called for every cell, and a new array each time would cost more than the hash. */

/** Writes 64 bits that stand for a text of a kind into `into`, as two int32. */
export type Fingerprint = (kind: number, text: string, into: Int32Array) => void

/**
 * A keyed hash: HalfSipHash-1-3 with random keys of this call, one for each of so many kinds. A reader of a
 * file of such hashes learns nothing from it, not even whether a guess is right. The small sibling of
 * SipHash is enough: the file has no name and lives for minutes, the keys never leave this memory, and the
 * worst that a forged collision does is a wrong count.
 */
export function createFingerprint(kinds: number): Fingerprint {
  const keys = randomFillSync(new Int32Array(2 * kinds))
  let words = new Int32Array(256)
  let bytes = Buffer.from(words.buffer)
  return (kind, text, into) => {
    // UTF-8 has at most three bytes for a unit; the last word is filled up with zeros.
    if (3 * text.length + 4 > bytes.length) {
      words = new Int32Array(text.length + 1)
      bytes = Buffer.from(words.buffer)
    }
    const length = bytes.write(text)
    for (let at = length; at < length + 4; at++) bytes[at] = 0
    const whole = length >> 2
    words[whole] = (words[whole] as number) | (length << 24)

    let v0 = keys[2 * kind] as number
    let v1 = keys[2 * kind + 1] as number
    let v2 = v0 ^ 0x6c796765
    let v3 = v1 ^ 0x74656462
    v1 ^= 0xee
    // The text and its length, then three rounds for each half of the result.
    for (let round = 0; round < whole + 7; round++) {
      const word = round <= whole ? (words[round] as number) : 0
      if (round === whole + 1) v2 ^= 0xee
      else if (round === whole + 4) {
        into[0] = v1 ^ v3
        v1 ^= 0xdd
      }
      v3 ^= word
      v0 = (v0 + v1) | 0
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
      v0 = (v0 << 16) | (v0 >>> 16)
      v2 = (v2 + v3) | 0
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
      v0 = (v0 + v3) | 0
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
      v2 = (v2 + v1) | 0
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
      v2 = (v2 << 16) | (v2 >>> 16)
      v0 ^= word
    }
    into[1] = v1 ^ v3
  }
}
