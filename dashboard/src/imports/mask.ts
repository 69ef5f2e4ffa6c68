const LONGEST = 32
const SHA256 = /^[0-9a-f]{64}$/i

/**
 * The shape of a cell, so that one sees that a column is what one takes it for, and nobody who looks over the
 * shoulder sees whose it is: letters become `x`, digits `9`. A hash is shortened.
 */
export function maskCell(cell: string): string {
  const text = cell.trim()
  if (SHA256.test(text)) return `${text.slice(0, 4)}…${text.slice(-4)}`
  const shape = text
    .slice(0, LONGEST)
    .replaceAll(/\p{N}/gu, '9')
    .replaceAll(/[\p{L}\p{M}]/gu, 'x')
    .replaceAll(/[^x9@.,:;|/+\-_ ]/gu, '•')
  return text.length > LONGEST ? `${shape}…` : shape
}

/** The name of a column, unless there is no header and the first row stands in its place. */
export function maskName(name: string): string {
  return name.includes('@') ? maskCell(name) : name
}
