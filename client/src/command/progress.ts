import type { Import } from '../import-answer.ts'
import type { Terminal } from './terminal.ts'
import { bytes, clock, count, counted } from './text.ts'

/** A line of progress is drawn so often on a terminal, and printed so often elsewhere. */
const DRAW_MS = 100
const PRINT_MS = 10_000

export interface Progress {
  /** Shows a line, unless it showed one just before. */
  show(line: (width: number) => string): void
}

export function startProgress(terminal: Terminal): Progress {
  let next = terminal.hasBars ? 0 : performance.now() + PRINT_MS
  return {
    show(line) {
      const now = performance.now()
      if (now < next) return
      next = now + (terminal.hasBars ? DRAW_MS : PRINT_MS)
      if (terminal.hasBars) terminal.draw(line)
      else terminal.say(line(terminal.columns))
    },
  }
}

const MAX_BAR = 24
const MIN_BAR = 8

/** A bar gives way to the numbers beside it, down to a point. */
function renderBar(start: string, part: number, numbers: string, width: number): string {
  const shown = Math.min(Math.max(part, 0), 1)
  const percent = `${String(Math.floor(shown * 100)).padStart(3)} %`
  const room = width - start.length - percent.length - numbers.length - 7
  const length = Math.min(Math.max(room, MIN_BAR), MAX_BAR)
  const filled = Math.round(shown * length)
  const bar = `[${'#'.repeat(filled)}${'.'.repeat(length - filled)}]`
  return `${start}  ${bar} ${percent}  ${numbers}`
}

export interface Upload {
  /** Of the file so far; `total` is undefined for a stream. */
  done: number
  total: number | undefined
  /** 0 where it is not known. */
  bytesPerSecond: number
}

export function renderUpload({ done, total, bytesPerSecond }: Upload, width: number): string {
  const rate = bytesPerSecond > 0 ? `  ${bytes(bytesPerSecond)}/s` : ''
  if (total === undefined) return `Uploading  ${bytes(done)}${rate}`
  const left = bytesPerSecond > 0 ? `  ${clock((total - done) / bytesPerSecond)} left` : ''
  const numbers = `${bytes(done)} of ${bytes(total)}${rate}${left}`
  return renderBar('Uploading', total === 0 ? 1 : done / total, numbers, width)
}

export function renderRows(current: Import, width: number): string {
  const { state, rows, total_rows: total, rows_per_second: rate } = current
  if (state === 'receiving' || state === 'checking') return `Checking  ${counted(total, 'row')}`
  if (state === 'waiting') return 'Waiting for another import of yours to end'
  if (state === 'undoing') return `Taking back  ${counted(current.undone, 'customer')}`
  const speed = rate === null ? '' : `  ${count(Math.round(rate))} rows/s`
  const left = current.time_left_seconds
  const time = left === null ? '' : `  ${clock(left)} left`
  // As wide at the beginning as at the end, so that the bar keeps still.
  const done = count(rows).padStart(count(total).length)
  const numbers = `${done} of ${counted(total, 'row')}${speed}${time}`
  return renderBar('Importing', total === 0 ? 1 : rows / total, numbers, width)
}

/** The rate over the last few seconds, which is what the time left is to be told by. */
export function createRate(windowMs = 10_000): (done: number) => number {
  const seen: { at: number; done: number }[] = []
  return (done) => {
    const now = performance.now()
    const last = seen.at(-1)
    if (!last || now - last.at > 200) seen.push({ at: now, done })
    while (seen.length > 2 && now - (seen[0]?.at ?? now) > windowMs) seen.shift()
    const first = seen[0]
    if (!first || now === first.at) return 0
    return Math.max(0, ((done - first.done) * 1000) / (now - first.at))
  }
}
