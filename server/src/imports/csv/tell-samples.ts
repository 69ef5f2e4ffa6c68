import { createSamples, findContent } from '../../../../client/src/customer-file/column-sample.ts'
import type { ColumnSample } from '../../../../client/src/customer-file/column-sample.ts'
import { isUnknown, parseHeader } from '../../../../client/src/customer-file/parse-header.ts'
import { catalog } from './finding-catalog.ts'
import type { Column, Finding } from './finding.ts'
import { listNames } from './tell-preamble.ts'

const CODES = { hashes: 'column-of-hashes', addresses: 'column-of-addresses' } as const

/** Samples of the columns of which nothing is known, as a report has the columns. */
export function sampleUnknown(columns: readonly Column[]): ColumnSample[] {
  const header = parseHeader(columns.map(({ name }) => name))
  return createSamples(
    header.flatMap((column, index) => (isUnknown(column) && !columns[index]?.means ? index : [])),
  )
}

/** What columns hold that were ignored: somebody's hashes or addresses, under a name nobody knows. */
export function tellSamples(
  samples: readonly ColumnSample[],
  columns: readonly Column[],
  rows: number,
): Finding[] {
  return (['hashes', 'addresses'] as const).flatMap((content): Finding[] => {
    const full = samples.filter((sample) => findContent(sample, rows) === content)
    if (full.length === 0) return []
    const code = CODES[content]
    const names = listNames(full.map(({ column }) => `"${columns[column]?.name ?? ''}"`))
    const message = `${catalog[code].message.slice(0, -1)}: ${names}.`
    return [{ code, ...catalog[code], message, count: full.length, lines: [] }]
  })
}

/** Findings that say what columns hold are made anew each time more of the file was read. */
export function withoutSamples(findings: readonly Finding[]): Finding[] {
  const codes: string[] = Object.values(CODES)
  return findings.filter(({ code }) => !codes.includes(code))
}
