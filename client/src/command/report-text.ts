import type { ImportFinding, ImportPreview, ImportReport } from '../import-report.ts'
import type { Import } from '../import-answer.ts'
import { count, counted, visible, wrap } from './text.ts'

/** How a text is laid out. */
export interface Layout {
  columns: number
  hasColor: boolean
}

const ENCODINGS = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  'windows-1252': 'Windows-1252',
}
const DELIMITER_NAMES = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'pipes' }
const LINE_ENDS = { lf: 'LF', crlf: 'CRLF', cr: 'CR', mixed: 'mixed line ends' }

/** What the doctor found, worst first. */
export function renderReport(name: string, current: Import, layout: Layout): string {
  const { report, total_rows: rows } = current
  if (!report) return `${name}: ${counted(rows, 'row')}`
  const { encoding, delimiter, line_ends: ends } = report
  const form = [ENCODINGS[encoding], DELIMITER_NAMES[delimiter], LINE_ENDS[ends]].join(', ')
  const title = `${name}: ${counted(rows, 'row')}, ${counted(report.columns.length, 'column')} (${form})`
  const findings = [...report.findings].sort(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || b.count - a.count,
  )
  return [
    bold(title, layout),
    '',
    ...renderColumns(report),
    '',
    ...(findings.length === 0
      ? ['  Nothing to remark on.']
      : findings.flatMap((finding) => renderFinding(finding, findings, layout))),
  ].join('\n')
}

function renderColumns({ columns }: ImportReport): string[] {
  const names = columns.map(({ name }) => visible(name) || '(no name)')
  const width = Math.min(Math.max(6, ...names.map((name) => name.length)), 40)
  const rows = columns.map(({ means }, index) => {
    const name = names[index] ?? ''
    return `  ${shorten(name, width).padEnd(width)}  ${means === null ? '(ignored)' : visible(means)}`
  })
  return [`  ${'Column'.padEnd(width)}  Read as`, ...rows]
}

function shorten(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 3)}...` : text
}

const SEVERITIES = ['rejected', 'warning', 'mended', 'note']
const COLORS = { rejected: 31, warning: 33, mended: 36, note: 2 }

function renderFinding(
  finding: ImportFinding,
  all: readonly ImportFinding[],
  layout: Layout,
): string[] {
  const { severity, message, advice, lines } = finding
  const width = Math.max(...all.map((other) => count(other.count).length))
  const start = `  ${severity.padEnd(8)}  ${count(finding.count).padStart(width)}  `
  const indent = ' '.repeat(start.length)
  const room = layout.columns - start.length
  const [first = '', ...more] = wrap(message, room)
  const label = layout.hasColor ? `\u001b[${COLORS[severity]}m${start}\u001b[0m` : start
  return [
    label + first,
    ...more.map((line) => indent + line),
    ...(lines.length === 0 ? [] : [indent + renderLines(lines, finding.count)]),
    ...wrap(`-> ${advice}`, room).map((line, index) => indent + (index > 0 ? '   ' : '') + line),
  ]
}

function renderLines(lines: readonly number[], total: number): string {
  const more = total > lines.length ? ', ...' : ''
  return `${lines.length === 1 && total === 1 ? 'line' : 'lines'} ${lines.join(', ')}${more}`
}

const LABEL_WIDTH = 18

/** What starting it would do. */
export function renderPreview(current: Import, preview: ImportPreview, layout: Layout): string {
  const { created, updated, unchanged, rejected, rows } = preview
  const changes = preview.segment_changes
  const sums: [string, string][] = [
    ['created', count(created)],
    ['updated', count(updated)],
    ['unchanged', count(unchanged)],
    ['rejected', count(rejected)],
    ['rows', count(rows)],
  ]
  const width = Math.max(...sums.map(([, value]) => value.length))
  const lines = sums.map(([name, value]) => `  ${name.padEnd(LABEL_WIDTH)}${value.padStart(width)}`)
  lines.splice(-1, 0, `  ${'-'.repeat(LABEL_WIDTH + width)}`)
  if (current.mode === 'replace') {
    lines.push(
      `  ${'removed'.padEnd(LABEL_WIDTH)}${count(preview.removed).padStart(width)}  (not in the file)`,
    )
  }
  if (changes !== null) {
    const told = count(changes).padStart(width)
    lines.push(`  ${'segment changes'.padEnd(LABEL_WIDTH)}${told}  (of your customers)`)
  }
  const title = preview.is_exact ? 'If you start it' : 'If you start it (estimated)'
  return [bold(title, layout), '', ...lines].join('\n')
}

/** Why a replacement is not started like others. */
export function renderLosses(confirm: number): string {
  return (
    `${counted(confirm, 'customer')} would lose what earlier imports gave them. ` +
    'Was the file cut short, or a column renamed or left empty?'
  )
}

/** What became of the rows. The sum is shown, so that nobody has to take our word for it. */
export function renderOutcome(current: Import): string {
  const { created, updated, unchanged, rejected, rows, total_rows: all } = current
  const parts = [
    `${count(created)} created`,
    `${count(updated)} updated`,
    `${count(unchanged)} unchanged`,
    `${count(rejected)} rejected`,
  ]
  const lines = [`${parts.join(' + ')} = ${counted(rows, 'row')}`]
  if (rows < all) lines.push(`${counted(all - rows, 'row')} of ${count(all)} were not done.`)
  if (current.removed > 0) {
    const customers = counted(current.removed, 'customer')
    lines.push(`${customers} not in the file lost what earlier imports gave them.`)
  }
  if (current.restored > 0) {
    lines.push(`Given back to ${counted(current.restored, 'customer')} what the import had taken.`)
  }
  if (current.undone > 0) lines.push(`Taken back from ${counted(current.undone, 'customer')}.`)
  return lines.join('\n')
}

/** Whether no row was lost. */
export function addsUp({ created, updated, unchanged, rejected, rows }: Import): boolean {
  return created + updated + unchanged + rejected === rows
}

function bold(text: string, { hasColor }: Layout): string {
  return hasColor ? `\u001b[1m${text}\u001b[0m` : text
}
