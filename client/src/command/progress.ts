import type { Import } from '../import.ts'
import type { Terminal } from './terminal.ts'
import { bytes, clock, count, counted } from './text.ts'

/** A line of progress is drawn so often on a terminal, and printed so often elsewhere. */
const drawMs = 100
const printMs = 10_000

export interface Progress {
  /** Shows a line, unless it showed one just before. */
  show(line: () => string): void
}

export function startProgress(terminal: Terminal): Progress {
  let next = terminal.hasBars ? 0 : performance.now() + printMs
  return {
    show(line) {
      const now = performance.now()
      if (now < next) return
      next = now + (terminal.hasBars ? drawMs : printMs)
      if (terminal.hasBars) terminal.draw(line())
      else terminal.say(line())
    },
  }
}

const barLength = 24

function bar(part: number): string {
  const filled = Math.round(Math.min(Math.max(part, 0), 1) * barLength)
  return `[${'#'.repeat(filled)}${'.'.repeat(barLength - filled)}]`
}

function percent(part: number): string {
  return `${String(Math.floor(Math.min(Math.max(part, 0), 1) * 100)).padStart(3)} %`
}

export interface Upload {
  /** Of the file so far; `total` is undefined for a stream. */
  done: number
  total: number | undefined
  bytesPerSecond: number
}

export function renderUpload({ done, total, bytesPerSecond }: Upload): string {
  const rate = bytesPerSecond > 0 ? `  ${bytes(bytesPerSecond)}/s` : ''
  if (total === undefined) return `Uploading  ${bytes(done)}${rate}`
  const part = total === 0 ? 1 : done / total
  const left = bytesPerSecond > 0 ? `  ${clock((total - done) / bytesPerSecond)} left` : ''
  return `Uploading  ${bar(part)} ${percent(part)}  ${bytes(done)} of ${bytes(total)}${rate}${left}`
}

export function renderRows(current: Import): string {
  const { state, rows, total_rows: total, rows_per_second: rate } = current
  if (state === 'receiving' || state === 'checking') return `Checking  ${counted(total, 'row')}`
  if (state === 'waiting') return 'Waiting for another import of yours to end'
  if (state === 'undoing') return `Taking back  ${counted(current.undone, 'customer')}`
  const part = total === 0 ? 1 : rows / total
  const speed = rate === null ? '' : `  ${count(Math.round(rate))} rows/s`
  const left = current.time_left_seconds
  const time = left === null ? '' : `  ${clock(left)} left`
  return `Importing  ${bar(part)} ${percent(part)}  ${count(rows)} of ${counted(total, 'row')}${speed}${time}`
}

/** The rate over the last few seconds, which is what the time left is to be told by. */
export function buildRate(windowMs = 10_000): (done: number) => number {
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
