/** One line: cells that are absent were not measured. */
export interface Line {
  name: string
  rate?: number
  p50Ms?: number
  p99Ms?: number
  ratios: string[]
}

/** How verdicts and numbers are written. */
export interface Wording {
  mark(isMet: boolean): string
  count(number: number): string
}
