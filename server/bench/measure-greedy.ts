import { FileRefused } from '../../client/src/customer-file/file-refused.ts'
import { GREEDY_FILES, GREEDY_READERS } from '../test/imports/csv/greedy-files.ts'

/** What files that were made to cost much cost the thread that reads them. */
export interface Greedy {
  /** Four times the rows, and rows four times as long: the processor time a byte, over what it was before. */
  longer: Worst
  wider: Worst
  /** The dearest of all: milliseconds of processor time a megabyte. */
  dearest: Worst
}

interface Worst {
  value: number
  /** The kind of file, and who read it. */
  file: string
}

const BYTES = 1_048_576
const RECORD_BYTES = 7_500
const TIMES = 4
const ROUNDS = 2
// What takes less than this is told by the clock's steps more than by the file.
const LEAST_MS = 8

export async function measureGreedy(): Promise<Greedy> {
  const none = { value: 0, file: '' }
  const greedy = { longer: none, wider: none, dearest: none }
  for (const [kind, make] of Object.entries(GREEDY_FILES)) {
    const file = make(BYTES, RECORD_BYTES)
    const grown = {
      longer: make(TIMES * BYTES, RECORD_BYTES),
      wider: make(BYTES, TIMES * RECORD_BYTES),
    }
    for (const [who, read] of Object.entries(GREEDY_READERS)) {
      const name = `${kind}, ${who}`
      const ms = await timeWork(() => read(file))
      const perByte = Math.max(ms, LEAST_MS) / file.length
      greedy.dearest = worse(greedy.dearest, (ms / file.length) * 1e6, name)
      for (const how of ['longer', 'wider'] as const) {
        const more = (await timeWork(() => read(grown[how]))) / grown[how].length
        greedy[how] = worse(greedy[how], more / perByte, name)
      }
    }
  }
  return greedy
}

function worse(before: Worst, value: number, file: string): Worst {
  return value > before.value ? { value, file } : before
}

/** The least processor time of several rounds: what else the machine does only ever adds to it. */
async function timeWork(work: () => Promise<void>): Promise<number> {
  let least = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage().user
    await work().catch((error: unknown) => {
      if (!(error instanceof FileRefused)) throw error
    })
    least = Math.min(least, (process.cpuUsage().user - before) / 1_000)
  }
  return least
}
