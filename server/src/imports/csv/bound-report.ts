import type { Report } from './finding.ts'

// Together with what stands around them some 40 KiB, for the most columns that a header can have.
const NAME_BYTES = 12 * 1024
const SHORTEST_NAME_BYTES = 24
// Of all that can be found, most can't be found in one file.
const FINDINGS_BYTES = 20 * 1024
const SEVERITIES = ['rejected', 'warning', 'mended', 'note'] as const

/**
 * A report as it is answered: never more than 64 KiB, whatever the file. Names of columns are cut where there are
 * so many long ones, and of more findings than a file can sensibly have the worst are told.
 */
export function boundReport(report: Report): Report {
  const { columns, findings } = report
  const most = Math.max(SHORTEST_NAME_BYTES, Math.floor(NAME_BYTES / Math.max(columns.length, 1)))
  let left = FINDINGS_BYTES
  const worstFirst = [...findings].sort(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
  )
  const told = new Set(worstFirst.filter((finding) => (left -= bytesOf(finding)) >= 0))
  return {
    ...report,
    columns: columns.map(({ name, means }) => ({ name: cutText(name, most), means })),
    findings: findings.filter((finding) => told.has(finding)),
  }
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}

/** So much of the text as takes no more bytes in JSON. */
function cutText(text: string, most: number): string {
  if (bytesOf(text) - 2 <= most) return text
  let cut = ''
  let size = 3
  for (const character of text) {
    size += bytesOf(character) - 2
    if (size > most) break
    cut += character
  }
  return `${cut}…`
}
