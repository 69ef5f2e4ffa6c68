// Some 15 MB; beyond it what is counted is estimated.
const MAX_TOLD_APART = 100_000
// 2 MiB: ten million are counted to a tenth of a percent.
const BITS = 2 ** 24

/** Counts what is added, one and the same once. */
export interface Tally {
  add(name: string): void
  has(name: string): boolean
  size(): number
  /** Whether all of it was told apart. */
  isExact(): boolean
}

export function createTally(maxToldApart = MAX_TOLD_APART): Tally {
  const seen = new Set<string>()
  let further: Estimate | undefined
  return {
    add(name) {
      if (seen.size < maxToldApart) seen.add(name)
      else if (!seen.has(name)) (further ??= createEstimate()).add(name)
    },
    has: (name) => seen.has(name),
    size: () => seen.size + (further?.size() ?? 0),
    isExact: () => further === undefined,
  }
}

type Estimate = Pick<Tally, 'add' | 'size'>

/** Linear counting: from the share of bits that nobody has set follows how many names set the others. */
function createEstimate(): Estimate {
  const bits = new Uint8Array(BITS / 8)
  let left = BITS
  return {
    add(name) {
      const bit = hash(name) % BITS
      const [index, mask] = [bit >>> 3, 1 << (bit & 7)]
      const byte = bits[index] ?? 0
      if ((byte & mask) !== 0) return
      bits[index] = byte | mask
      left--
    },
    size: () => Math.round(-BITS * Math.log(Math.max(left, 1) / BITS)),
  }
}

/** FNV-1a with a finish that spreads it: names are keyed hashes, which nobody can choose. */
function hash(name: string): number {
  let sum = 0x811c9dc5
  for (let index = 0; index < name.length; index++) {
    sum = Math.imul(sum ^ name.charCodeAt(index), 0x01000193)
  }
  sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b)
  return (sum ^ (sum >>> 13)) >>> 0
}
