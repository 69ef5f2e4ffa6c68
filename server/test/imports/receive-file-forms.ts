import { createDice } from '../crash/dice.ts'
import type { Dice } from '../crash/dice.ts'
import { hashOf } from './csv/read-file.ts'

const ENCODINGS = ['utf-8', 'utf-8 marked', 'utf-16le', 'utf-16be', 'windows-1252'] as const
const LINE_ENDS = [['\n'], ['\r\n'], ['\r'], ['\n', '\r\n'], ['\r\n', '\r', '\n']]
const NAMES = ['Zoë', 'O"Neill', 'two\r\nlines', 'and\nmore, or; less', 'plain', '']
// Of these Windows-1252 has none.
const WIDE_NAMES = [...NAMES, '李雷', '🐎 Žluťoučký']

/** A file in some form, with all kinds of rows, the same for the same seed. */
export function makeFormedFile(seed: number, rows: number): { form: string; bytes: Buffer } {
  const dice = createDice(seed)
  const encoding = ENCODINGS[seed % ENCODINGS.length] ?? 'utf-8'
  const lineEnds = LINE_ENDS[(seed >> 1) % LINE_ENDS.length] ?? ['\n']
  const delimiter = [',', ';', '\t', '|'][dice.whole(4)] ?? ','
  const names = encoding === 'windows-1252' ? NAMES : WIDE_NAMES
  const end = (): string => lineEnds[dice.whole(lineEnds.length)] ?? '\n'
  let text = ['Customer ID', 'Name', 'email_sha256'].join(delimiter) + end()
  for (let row = 0; row < rows; row++) {
    // None of the lines is blank: CR and LF of two lines would else be one line's end.
    text += writeRow(dice, row, delimiter, names[dice.whole(names.length)] ?? '') + end()
  }
  return {
    form: `${encoding} ${JSON.stringify([lineEnds, delimiter])}`,
    bytes: encode(text, encoding),
  }
}

function writeRow(dice: Dice, row: number, delimiter: string, name: string): string {
  const hash = hashOf(dice.chance(0.05) ? dice.whole(row + 1) : row)
  const kind = dice.whole(40)
  // A quote that is never closed: the line stands for itself.
  if (kind === 0) return [`p-${row}`, `"${row}`, hash].join(delimiter)
  const id = dice.chance(0.05) ? `p-${dice.whole(row + 1)}` : `p-${row}`
  const hashes = [hash.toUpperCase(), `0x${hash}`, ` ${hash}`, hash.slice(32), '', 'a@b.example']
  const cells = [id, name, hashes[kind - 1] ?? hash]
  if (kind === 10) cells.push('too', 'many')
  return cells.map((cell) => quote(cell, delimiter)).join(delimiter)
}

function quote(cell: string, delimiter: string): string {
  const isOdd = cell.includes(delimiter) || /["\r\n]/.test(cell)
  return isOdd ? `"${cell.replaceAll('"', '""')}"` : cell
}

function encode(text: string, encoding: (typeof ENCODINGS)[number]): Buffer {
  switch (encoding) {
    case 'utf-8':
      return Buffer.from(text)
    case 'utf-8 marked':
      return Buffer.from(`\ufeff${text}`)
    case 'windows-1252':
      return Buffer.from(text, 'latin1')
    case 'utf-16le':
      return Buffer.from(`\ufeff${text}`, 'utf16le')
    case 'utf-16be':
      return Buffer.from(`\ufeff${text}`, 'utf16le').swap16()
  }
}
