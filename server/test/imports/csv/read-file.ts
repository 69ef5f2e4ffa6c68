import { createHash } from 'node:crypto'
import { createFileReader } from '../../../src/imports/csv/file-reader.ts'
import type { FilePart, ReaderOptions, ReaderState } from '../../../src/imports/csv/file-reader.ts'
import type { Finding } from '../../../src/imports/csv/finding.ts'
import type { Reject, Row } from '../../../src/imports/csv/row.ts'

export const NOW = new Date('2026-07-25T12:00:00Z')
/** Of user@example.com, as reference.md has it. */
export const GOLDEN = 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514'
export const UUID = 'aebe52e7-03ee-455a-b3c4-e57283966239'

export const sha256 = (text: string | Buffer): string =>
  createHash('sha256').update(text).digest('hex')
/** The hash of an address that nobody has. */
export const hashOf = (name: string | number): string => sha256(`${name}@newcomer.test`)

export interface ReadFile {
  rows: Row[]
  rejects: Reject[]
  parts: FilePart[]
  state: ReaderState
  findings: Finding[]
  /** How often each thing was found. */
  found: Record<string, number>
}

/** Reads a whole file, in one piece or cut at the given places. */
export function readFile(
  file: string | Uint8Array,
  { cuts = [], ...options }: Partial<ReaderOptions> & { cuts?: number[] } = {},
  from?: ReaderState,
): ReadFile {
  const bytes = typeof file === 'string' ? Buffer.from(file) : file
  const reader = createFileReader(
    { role: 'merchant', now: NOW, rowsPerPart: 1_000, ...options },
    from,
  )
  const parts: FilePart[] = []
  let start = 0
  for (const end of [...cuts, bytes.length]) {
    // A copy that is overwritten afterwards: a reader that keeps what it was lent would show it.
    const piece = Uint8Array.from(bytes.subarray(start, end))
    parts.push(...reader.push(piece))
    piece.fill(0x23)
    start = end
  }
  parts.push(...reader.end())
  const { state } = parts.at(-1)!
  const { findings } = state.report
  return {
    rows: parts.flatMap((part) => part.rows),
    rejects: parts.flatMap((part) => part.rejects),
    parts,
    state,
    findings,
    found: Object.fromEntries(findings.map(({ code, count }) => [code, count])),
  }
}
