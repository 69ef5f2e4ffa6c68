// Some 15 MB; beyond it one and the same may be counted twice.
const MAX_TOLD_APART = 100_000

/** Counts what is added, one and the same once. */
export interface Tally {
  add(name: string): void
  has(name: string): boolean
  size(): number
  /** Whether all of it was told apart. */
  isExact(): boolean
}

export function createTally(): Tally {
  const seen = new Set<string>()
  let further = 0
  return {
    add(name) {
      if (seen.size < MAX_TOLD_APART) seen.add(name)
      else if (!seen.has(name)) further++
    },
    has: (name) => seen.has(name),
    size: () => seen.size + further,
    isExact: () => further === 0,
  }
}
