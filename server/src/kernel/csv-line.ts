/** A line of a CSV file (RFC 4180). */
export function writeCsvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map((cell) => writeCell(String(cell ?? ''))).join(',')}\r\n`
}

function writeCell(cell: string): string {
  // A spreadsheet would take it for a formula. The reader of customer files cuts the apostrophe again.
  const harmless = /^[=+@\t\r-]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
