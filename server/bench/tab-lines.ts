import type { Line, Wording } from './line.ts'
import type { Tab } from './measure-tab.ts'

// What is answered within that time is taken for at once.
const FREEZE_AIM_MS = 200
// Whatever the length of the list.
const HEAP_AIM_MB = 100
// What a phone lets one tab have.
const PROCESS_AIM_MB = 500

/** What a list costs a browser's tab. */
export function tabLines(tab: Tab, { mark, count }: Wording): Line[] {
  const { rows, checkedMs, sentMs, longestFreezeMs, freezes, memory } = tab
  const { pageHeapMb, workerHeapMb, processMb, emptyProcessMb } = memory
  const isQuick = longestFreezeMs <= FREEZE_AIM_MS
  const longest = Math.round(longestFreezeMs)
  const freeze = `${freezes} long tasks, ≤ ${longest} ms (≤ ${FREEZE_AIM_MS}) ${mark(isQuick)}`
  const atMost = (name: string, mb: number, aim: number): string =>
    `${name} ${Math.round(mb)} MB (≤ ${aim}) ${mark(mb <= aim)}`
  const before = `before ${Math.round(emptyProcessMb)}`
  return [
    {
      name: 'a tab hashes a list',
      rate: (rows * 1_000) / checkedMs,
      ratios: [`${count(rows)} rows in ${seconds(checkedMs)}`, freeze],
    },
    {
      name: 'and sends it, broken off',
      rate: (rows * 1_000) / sentMs,
      ratios: [
        seconds(sentMs),
        atMost('heap', pageHeapMb, HEAP_AIM_MB),
        atMost("worker's", workerHeapMb, HEAP_AIM_MB),
        `${atMost('process', processMb, PROCESS_AIM_MB)}, ${before}`,
      ],
    },
  ]
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
