import { catalog } from './finding-catalog.ts'
import type { FindingCode } from './finding-catalog.ts'
import type { Finding } from './finding.ts'

const SAMPLE_LINES = 5

/** Counts what is found. A row counts once for each code, however many of its cells have it. */
export interface Findings {
  add(code: FindingCode, line: number): void
  /** Of the file rather than of a row; with what the catalog can't know, such as a column's name. */
  addOnce(code: FindingCode, line: number, told: { message?: string; count?: number }): void
  has(code: FindingCode): boolean
  /** In the order in which they were first found; a copy. */
  list(): Finding[]
}

export function createFindings(before: readonly Finding[] = []): Findings {
  const found = new Map(before.map((finding) => [finding.code, copy(finding)]))
  const lastLines = new Map<FindingCode, number>()
  return {
    add(code, line) {
      if (lastLines.get(code) === line) return
      lastLines.set(code, line)
      const finding = found.get(code)
      if (!finding) found.set(code, { code, ...catalog[code], count: 1, lines: [line] })
      else {
        finding.count += 1
        if (finding.lines.length < SAMPLE_LINES) finding.lines.push(line)
      }
    },
    addOnce(code, line, { message = catalog[code].message, count = 1 }) {
      found.set(code, { code, ...catalog[code], message, count, lines: [line] })
    },
    has: (code) => found.has(code),
    list: () => [...found.values()].map(copy),
  }
}

function copy(finding: Finding): Finding {
  return { ...finding, lines: [...finding.lines] }
}
