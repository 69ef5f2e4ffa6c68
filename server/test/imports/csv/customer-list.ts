import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { refused, taken } from '../../../../client/test/golden-emails.ts'
import { UUID, hashOf, sha256 } from './read-file.ts'

/**
 * Lists of customers with plain e-mails, as shops export them and worse, each made twice from the same
 * model: as it is, and with hashes in place of the addresses.
 */
export interface CustomerList {
  plain: Buffer
  hashed: Buffer
}

/** What is in a cell: as it is written in the one file and in the other. */
interface Value {
  plain: string
  hashed: string
}

interface Column {
  name: string
  hashedName: string
  value: fc.Arbitrary<Value>
}

const same = (text: string): Value => ({ plain: text, hashed: text })
/** An id that is an address is its sender's own, and is sent as it is. */
const ME = 'me@example.org'
const NOT_AN_ADDRESS = '[not an address]'

const address: fc.Arbitrary<Value> = fc
  .oneof(
    { weight: 4, arbitrary: fc.constantFrom(...taken) },
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.emailAddress(), fc.constantFrom('', ' ', '\t', '\u200b', '\u00a0', '"', '.', "'"))
        // What fast-check makes may begin with what is taken for something else.
        .filter(([email]) => /^[a-z0-9]/i.test(email) && !/['`{}|%&]|=40/.test(email))
        .map(([email, junk]): [string, string] => [email + junk, email.toLowerCase()]),
    },
  )
  // A row with a NUL in it is refused as a whole.
  .filter(([text]) => !/[\r\n\0]/.test(text))
  .map(([text, email]) => ({ plain: text, hashed: sha256(email.normalize('NFC')) }))
const noAddress = fc
  .constantFrom(...refused)
  .filter((text) => !text.includes('|') && text.length < 300)
  .map((text): Value => ({ plain: text, hashed: NOT_AN_ADDRESS }))
const noEmail = fc
  .constantFrom('', ' ', 'NULL', 'none', '-', hashOf(1), hashOf(2).toUpperCase())
  .map(same)
const md5 = fc.constantFrom('d41d8cd98f00b204e9800998ecf8427e', 'junk', `0x${hashOf(3)}`).map(same)

const email = fc.oneof(
  { weight: 8, arbitrary: address },
  { weight: 2, arbitrary: noEmail },
  { weight: 1, arbitrary: noAddress },
  { weight: 1, arbitrary: md5 },
)
const emailList = fc
  .array(
    fc.oneof(
      address.filter(({ plain }) => !/[|;,\s]/.test(plain)),
      noEmail,
    ),
    { maxLength: 4 },
  )
  .map((values): Value => {
    // With nothing but hashes in it a list stays as it is.
    const isPlain = values.some(({ plain, hashed }) => plain !== hashed)
    const texts = values.map(({ plain, hashed }) => (isPlain ? hashed : plain))
    return { plain: values.map(({ plain }) => plain).join('|'), hashed: texts.join('|') }
  })

const EMAIL_NAMES = [
  ...[
    'email',
    'E-Mail',
    'Email Address',
    'billing_email',
    'Primary Email',
    'E-Mail-Adresse',
    'Work Email',
  ],
  ...[
    'email_sha256',
    'hashed_email',
    'Correo electrónico',
    'メール',
    'E-mail 1 - Value',
    'user.email',
    'em',
  ],
]
const OTHER_NAMES = ['name', 'Straße', '', 'two words', 'a;b', 'x,y|z', '"quoted"', 'phone', 'line']
const ids = fc
  .oneof(
    fc.nat(999).map((number) => `c-${number}`),
    fc.constantFrom(ME, "'6940095381234", '1234567.0', '1,234,567', '', ' c 1', 'x"y', "'=z"),
  )
  .map(same)
const words = fc
  .constantFrom(
    '',
    'Zoë',
    '5" wide',
    'a,b;c|d\te',
    ' blank ',
    '"',
    'ein „Wort“',
    '😀',
    'at home',
    '\u0007',
  )
  .map(same)

function column(name: string, value: fc.Arbitrary<Value>): Column {
  return { name, hashedName: name, value }
}

const columns: fc.Arbitrary<Column[]> = fc
  .tuple(
    fc.constantFrom('user_id', 'Customer ID', 'extern_id').map((name) => column(name, ids)),
    fc.array(
      fc.constantFrom(...EMAIL_NAMES).map((name) => column(name, email)),
      { minLength: 1, maxLength: 3 },
    ),
    fc.option(fc.constant(column('emails', emailList)), { nil: undefined }),
    fc.option(fc.constant(column('IDFA', fc.constantFrom('', UUID, 'x').map(same))), {
      nil: undefined,
    }),
    fc.array(
      fc.constantFrom(...OTHER_NAMES).map((name) => column(name, words)),
      { maxLength: 3 },
    ),
    fc.integer(),
  )
  .map(([id, mails, list, device, others, seed]) => {
    const all = [id, ...mails, ...(list ? [list] : []), ...(device ? [device] : []), ...others]
    const ranked = all.map((each, index) => ({ each, rank: Math.abs(seed * (index + 7)) % 11 }))
    return ranked.toSorted((a, b) => a.rank - b.rank).map(({ each }) => each)
  })

const form = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
  encoding: fc.constantFrom('utf-8', 'utf-8 marked', 'utf-16le', 'utf-16be', 'utf-16le unmarked'),
  quotes: fc.constantFrom('all', 'needed', 'with blanks'),
  top: fc.constantFrom('', '', '', 'sep', '"sep"', 'sep again', ' ', '\ufeff'),
})
type Form = typeof form extends fc.Arbitrary<infer T> ? T : never

/** How a row may be out of order; `again` is the header once more. */
const ailment = fc.constantFrom(
  '',
  '',
  '',
  '',
  '',
  '',
  'short',
  'surplus',
  'again',
  'blank',
  'two lines',
  'torn',
)

export const customerList: fc.Arbitrary<CustomerList> = fc
  .tuple(columns, form)
  .chain(([theColumns, theForm]) => {
    const row = fc.tuple(fc.tuple(...theColumns.map(({ value }) => value)), ailment)
    // Whether lines are one row is told by what stands between all of their delimiters.
    const isCutOtherwise = ({ plain, hashed }: Value): boolean =>
      plain !== hashed && plain.includes(theForm.delimiter)
    return fc.array(row, { maxLength: 8 }).map((rows) => {
      const make = (which: 'plain' | 'hashed'): Buffer => {
        const names = theColumns.map((each) => (which === 'plain' ? each.name : each.hashedName))
        const cells = rows.map(([values, kind]): [string[], string] => [
          values.map((value) => value[which]),
          kind === 'two lines' && values.some(isCutOtherwise) ? '' : kind,
        ])
        return encode(writeList(names, cells, theForm), theForm)
      }
      return { plain: make('plain'), hashed: make('hashed') }
    })
  })

function writeList(names: string[], rows: [string[], string][], theForm: Form): string {
  const { delimiter, lineEnd, top } = theForm
  const lines = rows.flatMap(([cells, kind]) => writeRow(names, cells, kind, theForm))
  const first = topLine(top, delimiter)
  const all = [...(first === undefined ? [] : [first]), writeCells(names, theForm), ...lines]
  return (top === '\ufeff' ? top : '') + all.map((line) => line + lineEnd).join('')
}

function topLine(top: string, delimiter: string): string | undefined {
  if (top === 'sep') return `sep=${delimiter}`
  if (top === '"sep"') return `"sep=${delimiter}"`
  if (top === 'sep again') return `sep=${delimiter}${delimiter}${delimiter}`
  return top === ' ' ? ' ' : undefined
}

function writeRow(names: string[], values: string[], kind: string, theForm: Form): string[] {
  // Of a row that has lost its order no id that looks like an address is sent.
  const isInOrder = kind !== 'short' && kind !== 'torn'
  const cells = isInOrder ? values : values.map((value) => (value === ME ? 'c-me' : value))
  const line = writeCells(cells, theForm)
  if (kind === 'short') return [writeCells(cells.slice(0, -1), theForm)]
  if (kind === 'surplus') return [line + theForm.delimiter]
  if (kind === 'again') return [writeCells(names, theForm)]
  if (kind === 'blank') return ['', line]
  if (kind === 'torn') {
    // Its cells are what stands between delimiters, wherever these come from.
    const isSplit = (cell: string): boolean =>
      cell.includes(theForm.delimiter) || cell.includes('"')
    return [
      `"${writeCells(
        cells.map((cell) => (isSplit(cell) ? 'x@x.de' : cell)),
        theForm,
      )}`,
    ]
  }
  if (kind === 'two lines') {
    const other = names.findIndex((name) => OTHER_NAMES.includes(name) && name !== '"quoted"')
    return [
      writeCells(
        cells.map((cell, at) => (at === other ? `x${theForm.lineEnd}y` : cell)),
        theForm,
      ),
    ]
  }
  return [line]
}

function writeCells(cells: string[], { delimiter, quotes }: Form): string {
  const isOdd = (cell: string): boolean => cell.includes(delimiter) || /["\r\n]/.test(cell)
  const written = cells.map((cell) => {
    if (quotes === 'needed' && !isOdd(cell)) return cell
    const quoted = `"${cell.replaceAll('"', '""')}"`
    return quotes === 'with blanks' ? ` ${quoted} ` : quoted
  })
  return written.join(delimiter)
}

function encode(text: string, { encoding }: Form): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text)
  if (encoding === 'utf-8 marked') return Buffer.from(`\ufeff${text}`)
  const bytes = Buffer.from(encoding === 'utf-16le unmarked' ? text : `\ufeff${text}`, 'utf16le')
  return encoding === 'utf-16be' ? bytes.swap16() : bytes
}
