import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import type { ColumnMeaning } from '../../../../client/src/customer-file/file-form.ts'
import { KINDS, makeLine, writeHeader } from './hostile-line.ts'
import type { Ailment, Column, Form } from './hostile-line.ts'

/**
 * Files with every ailment, made so that what must become of each line is known from how it was
 * made, without reading it. Every value has `zq` in it, every e-mail address `zqmail`: neither may
 * turn up where no value belongs.
 */
export interface HostileFile {
  bytes: Buffer
  /** The lines on which records begin, and what must become of them; `?`: one or the other. */
  expected: { line: number; becomes: 'row' | 'reject' | '?'; id?: string; emails?: string[] }[]
}

const columnName = (means: ColumnMeaning, ...names: string[]) =>
  fc.constantFrom(means, means.toUpperCase(), ...names).map((name): Column => ({ name, means }))
const ignored = fc
  .constantFrom('name', 'Straße', 'zqmail@shop.test', 'two words', '', 'a;b', 'a|b,c')
  .map((name): Column => ({ name, means: null }))

const columns = fc
  .tuple(
    columnName('user_id', 'Customer ID', 'uid'),
    columnName('email_sha256', 'E-Mail', 'hashed_email'),
    fc.option(columnName('advertising_id', 'IDFA'), { nil: undefined }),
    fc.array(ignored, { maxLength: 3 }),
    fc.integer(),
  )
  .map(([id, email, device, others, seed]) => {
    const all = [id, email, ...(device ? [device] : []), ...others]
    // An order that shrinks: by the digits of a number.
    return all.map((column, index) => ({ column, rank: (seed * (index + 7)) % 11 }))
  })
  .map((ranked) => ranked.toSorted((a, b) => a.rank - b.rank).map(({ column }) => column))

const form: fc.Arbitrary<Form> = fc.record({
  encoding: fc.constantFrom<Form['encoding'][]>(
    'utf-8',
    'utf-8 marked',
    'utf-16le',
    'utf-16be',
    'utf-16le unmarked',
    'windows-1252',
  ),
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  lineEnds: fc.constantFrom(['\n'], ['\r\n'], ['\r'], ['\n', '\r\n'], ['\r', '\n', '\r\n']),
  quoteAll: fc.boolean(),
  columns,
  hasSeparatorLine: fc.boolean(),
  blanksBefore: fc.constantFrom(0, 0, 0, 2),
  isEnded: fc.boolean(),
})
const ailment: fc.Arbitrary<Ailment> = fc.record({
  // Long lines take long to make, and one a file shows what there is to see.
  kind: fc.constantFrom(...KINDS, ...KINDS.filter((kind) => kind !== 'long'), 'clean', 'clean'),
  pick: fc.nat(1_000),
  more: fc.nat(1_000),
})

export const hostileFile: fc.Arbitrary<HostileFile> = fc
  .tuple(form, fc.array(ailment, { maxLength: 14 }))
  .map(([theForm, ailments]) => makeFile(theForm, ailments))

function makeFile(theForm: Form, ailments: Ailment[]): HostileFile {
  const { delimiter, lineEnds } = theForm
  const expected: HostileFile['expected'] = []
  const lines: string[] = Array.from({ length: theForm.blanksBefore }, () => ' ')
  if (theForm.hasSeparatorLine) lines.push(`sep=${delimiter}`)
  lines.push(writeHeader(theForm))
  for (const [index, each] of ailments.entries()) {
    const { texts, becomes, ...row } = makeLine(theForm, each, index)
    if (becomes !== 'nothing') expected.push({ line: lines.length + 1, becomes, ...row })
    lines.push(...texts)
  }
  const ends = lines.map((_, index) => lineEnds[index % lineEnds.length] ?? '\n')
  for (const [index, line] of lines.entries()) {
    // With nothing between, CR and LF would end one line together.
    if (line === '' && ends[index - 1] === '\r') ends[index] = '\r'
  }
  // A blank that is all of the last line is a line only with an end.
  if (!theForm.isEnded) ends[ends.length - 1] = ''
  return {
    bytes: encode(lines.map((line, index) => line + ends[index]).join(''), theForm),
    expected,
  }
}

function encode(text: string, { encoding }: Form): Buffer {
  if (encoding === 'windows-1252') return Buffer.from(text, 'latin1')
  if (encoding === 'utf-8') return Buffer.from(text)
  if (encoding === 'utf-8 marked') return Buffer.from(`\ufeff${text}`)
  const bytes = Buffer.from(encoding === 'utf-16le unmarked' ? text : `\ufeff${text}`, 'utf16le')
  return encoding === 'utf-16be' ? bytes.swap16() : bytes
}
