import type { WriteStream } from 'node:tty'

export interface Progress {
  stop(): void
}

const TERMINAL_EVERY_MS = 200
const FILE_EVERY_MS = 5_000

/** One line that is written over on a terminal; elsewhere a line every few seconds. `say` is asked each time. */
export function showProgress(out: WriteStream, say: () => string): Progress {
  const write = (): void => void out.write(out.isTTY ? `\r\x1B[2K${say()}` : `${say()}\n`)
  const timer = setInterval(write, out.isTTY ? TERMINAL_EVERY_MS : FILE_EVERY_MS)
  return {
    stop() {
      clearInterval(timer)
      if (out.isTTY) out.write('\r\x1B[2K')
    },
  }
}

export function count(number: number): string {
  return Math.round(number).toLocaleString('en-US')
}

export function dollars(cents: number): string {
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 }
  return `$${(cents / 100).toLocaleString('en-US', digits)}`
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
