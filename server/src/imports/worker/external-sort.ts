import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Records that are too many for memory, to be had again in groups. */
export interface Spill {
  /**
   * A record: 64 bits of key and 64 of value, each as two int32, and a line up to 2^40, in the
   * order of the lines. Numbers instead of an object, because there are hundreds of millions.
   * Throws what the file system throws, such as a full disk.
   */
  add(keyHigh: number, keyLow: number, valueHigh: number, valueLow: number, line: number): void
  /** Gives every record: those of a key together, of them those of a value, by line. Ends it. */
  drain(take: TakeRecord): void
  /** Closes the file, which thereby ceases to exist. Does nothing the second time. */
  discard(): void
}

export type TakeRecord = (keyHigh: number, keyLow: number, news: News, line: number) => void
/** What a record has that the one before it has not: its key, else its value, else its line. */
export type News = 'key' | 'value' | 'line'

export interface SpillOptions {
  /** Where the file goes once it is needed. */
  folder: string
  /** So many records are held in memory, and so many squared is the most there may be. */
  capacity: number
}

/** Two each of key, value and line. */
const WORDS = 6
const RECORD_BYTES = WORDS * Int32Array.BYTES_PER_ELEMENT
/** By these it is sorted; the line is in order already, and both the sort and the merge keep it so. */
const SORTED_WORDS = [3, 2, 1, 0]
/** A digit of the radix sort: the counts of one fit into the processor's first cache. */
const DIGIT_BITS = 11
const DIGITS = 1 << DIGIT_BITS
/** Records a write: some 256 KiB, beyond which larger ones are no faster. */
const WRITTEN_AT_ONCE = 10_000
const TWO_TO_32 = 2 ** 32

/**
 * Sorted runs in one file, merged at the end. Buckets by fingerprint would be faster by a third;
 * but an id or hash that is on every row (they exist) makes one bucket as large as the file, and
 * memory has to stay what it is for those files too.
 */
export function createSpill({ folder, capacity }: SpillOptions): Spill {
  const records = new Int32Array(capacity * WORDS)
  const sort = createSort(capacity)
  const sorted = new Int32Array(Math.min(capacity, WRITTEN_AT_ONCE) * WORDS)
  let count = 0
  let runs = 0
  let file: UnnamedFile | undefined

  function writeRun(): void {
    file ??= openUnnamedFile(folder)
    const order = sort(records, count)
    for (let start = 0; start < count; start += WRITTEN_AT_ONCE) {
      const part = order.subarray(start, start + WRITTEN_AT_ONCE)
      gather(records, part, sorted)
      file.write(sorted.subarray(0, part.length * WORDS))
    }
    runs++
    count = 0
  }
  function discard(): void {
    file?.close()
    file = undefined
  }
  return {
    add(keyHigh, keyLow, valueHigh, valueLow, line) {
      if (count === capacity) writeRun()
      const at = count++ * WORDS
      records[at] = keyHigh
      records[at + 1] = keyLow
      records[at + 2] = valueHigh
      records[at + 3] = valueLow
      records[at + 4] = line / TWO_TO_32
      records[at + 5] = line
    },
    drain(take) {
      try {
        if (file === undefined) {
          const give = createGiver(take)
          for (const index of sort(records, count)) give(records, index * WORDS)
          return
        }
        const total = runs * capacity + count
        writeRun()
        merge({ file, total, capacity, runs, windows: records }, take)
      } finally {
        discard()
      }
    },
    discard,
  }
}

function createGiver(take: TakeRecord): (words: Int32Array, at: number) => void {
  const last = new Int32Array(WORDS)
  let isFirst = true
  return (words, at) => {
    let word = 0
    while (word < 4 && words[at + word] === last[word]) word++
    const news = isFirst || word < 2 ? 'key' : word < 4 ? 'value' : 'line'
    isFirst = false
    for (; word < WORDS; word++) last[word] = words[at + word] as number
    const line = (last[4] as number) * TWO_TO_32 + ((last[5] as number) >>> 0)
    take(last[0] as number, last[1] as number, news, line)
  }
}

/**
 * The indexes of the first `count` records in their order. A radix sort from the last digit: it is
 * stable, and no file can be made that it is slow for.
 */
function createSort(capacity: number): (records: Int32Array, count: number) => Uint32Array {
  const both = [new Uint32Array(capacity), new Uint32Array(capacity)] as const
  const starts = new Uint32Array(DIGITS)
  return (records, count) => {
    let [from, to] = both
    for (let index = 0; index < count; index++) from[index] = index
    for (const word of SORTED_WORDS) {
      for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
        // The merge compares signed words, in which the negative ones come first.
        const flip = shift + DIGIT_BITS >= 32 ? 1 << (31 - shift) : 0
        starts.fill(0)
        for (let at = word; at < count * WORDS; at += WORDS) {
          const digit = (((records[at] as number) >>> shift) & (DIGITS - 1)) ^ flip
          starts[digit] = (starts[digit] as number) + 1
        }
        let start = 0
        for (let digit = 0; digit < DIGITS; digit++) {
          const size = starts[digit] as number
          starts[digit] = start
          start += size
        }
        for (let index = 0; index < count; index++) {
          const record = from[index] as number
          const bits = (records[record * WORDS + word] as number) >>> shift
          const digit = (bits & (DIGITS - 1)) ^ flip
          const place = starts[digit] as number
          starts[digit] = place + 1
          to[place] = record
        }
        ;[from, to] = [to, from]
      }
    }
    return from.subarray(0, count)
  }
}

function gather(records: Int32Array, order: Uint32Array, into: Int32Array): void {
  for (let index = 0; index < order.length; index++) {
    const from = (order[index] as number) * WORDS
    const to = index * WORDS
    for (let word = 0; word < WORDS; word++) into[to + word] = records[from + word] as number
  }
}

interface Runs {
  file: UnnamedFile
  /** Records in the file. Every run has `capacity`, the last one what is left. */
  total: number
  capacity: number
  runs: number
  /** Memory to read into, for `capacity` records. */
  windows: Int32Array
}

/** Gives the records of all runs in order: of each a window is in memory, its first in a heap. */
function merge({ file, total, capacity, runs, windows }: Runs, take: TakeRecord): void {
  const size = Math.floor(capacity / runs)
  if (size === 0) throw new Error(`${total} records are too many for a memory of ${capacity}`)
  /** Of each run: the words of its first record that was not given and of the window's end. */
  const heads = new Int32Array(runs)
  const ends = new Int32Array(runs)
  /** And the records of the file that were not read. */
  const nexts = Float64Array.from({ length: runs }, (_, run) => run * capacity)

  function readOn(run: number): boolean {
    const next = nexts[run] as number
    const count = Math.min(size, Math.min((run + 1) * capacity, total) - next)
    const start = run * size * WORDS
    const end = start + count * WORDS
    if (count > 0) file.read(windows.subarray(start, end), next * RECORD_BYTES)
    nexts[run] = next + count
    heads[run] = start
    ends[run] = end
    return count > 0
  }
  function isBefore(left: number, right: number): boolean {
    const leftAt = heads[left] as number
    const rightAt = heads[right] as number
    for (let word = 0; word < 4; word++) {
      const difference = (windows[leftAt + word] as number) - (windows[rightAt + word] as number)
      if (difference !== 0) return difference < 0
    }
    // Runs follow each other as the lines do.
    return left < right
  }
  const give = createGiver(take)
  let left = 0
  for (let run = 0; run < runs; run++) if (readOn(run)) left++
  // In order they are a heap already.
  const heap = Int32Array.from({ length: left }, (_, run) => run)
  heap.sort((one, other) => (isBefore(one, other) ? -1 : 1))
  while (left > 0) {
    const run = heap[0] as number
    const at = heads[run] as number
    give(windows, at)
    heads[run] = at + WORDS
    if (at + WORDS === ends[run] && !readOn(run)) heap[0] = heap[--left] as number
    sinkFirst(heap, left, isBefore)
  }
}

/** Restores the order of a heap of which only the first is out of place. */
function sinkFirst(
  heap: Int32Array,
  size: number,
  isBefore: (left: number, right: number) => boolean,
): void {
  const sinking = heap[0] as number
  let place = 0
  for (let child = 1; child < size; child = 2 * place + 1) {
    const sibling = child + 1
    if (sibling < size && isBefore(heap[sibling] as number, heap[child] as number)) child = sibling
    if (!isBefore(heap[child] as number, sinking)) break
    heap[place] = heap[child] as number
    place = child
  }
  heap[place] = sinking
}

interface UnnamedFile {
  write(words: Int32Array): void
  /** Fills `words` from `position`, in bytes. */
  read(words: Int32Array, position: number): void
  close(): void
}

/**
 * Unlinked at once: whatever becomes of the process, the file is gone with it. When a worker is
 * terminated, Node.js closes what it had open.
 */
function openUnnamedFile(folder: string): UnnamedFile {
  const path = join(folder, `newcomer-spill-${randomUUID()}`)
  const file = openSync(path, 'wx+', 0o600)
  unlinkSync(path)
  return {
    write(words) {
      const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
      for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done)
    },
    read(words, position) {
      const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
      for (let done = 0; done < bytes.length;) {
        const count = readSync(file, bytes, done, bytes.length - done, position + done)
        if (count === 0) throw new Error('The spilled records end too early')
        done += count
      }
    },
    close: () => closeSync(file),
  }
}
