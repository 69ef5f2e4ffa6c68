type Row = Record<string, unknown>

export interface PrintedVerification {
  drift: number
  checks: { name: string; checked: number; drift: number; samples: string[] }[]
}

/** Rows under their columns' names, each column as wide as its widest cell. */
export function printTable(rows: Row[], columns: string[]): string {
  if (rows.length === 0) return 'none'
  const cells = [columns, ...rows.map((row) => columns.map((column) => say(row[column])))]
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)))
  return cells
    .map((row) => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n')
}

/** One object, a member a line. */
export function printObject(object: Row): string {
  const width = Math.max(...Object.keys(object).map((name) => name.length))
  return Object.entries(object)
    .map(([name, value]) => `${name.padEnd(width)}  ${say(value)}`)
    .join('\n')
}

function say(value: unknown): string {
  if (value === null || value === undefined) return '-'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(say).join(', ')
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  return JSON.stringify(value)
}

export function printVerification({ drift, checks }: PrintedVerification): string {
  const rows = checks.map(({ name, checked, drift: wrong }) => ({
    check: name,
    checked,
    drift: wrong,
  }))
  const samples = checks.flatMap((check) => check.samples.map((each) => `  ${check.name}: ${each}`))
  const verdict = drift === 0 ? 'Nothing is wrong.' : `${drift} wrong. Some of it:`
  return [printTable(rows, ['check', 'checked', 'drift']), '', verdict, ...samples].join('\n')
}
