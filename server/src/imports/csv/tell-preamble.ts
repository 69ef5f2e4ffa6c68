import { isStandIn } from '../../../../client/src/customer-file/address-text.ts'
import { FileRefused } from '../../../../client/src/customer-file/file-refused.ts'
import type { HeaderColumn } from '../../../../client/src/customer-file/parse-header.ts'
import { parseHeader } from '../../../../client/src/customer-file/parse-header.ts'
import type { Preamble } from '../../../../client/src/customer-file/parse-preamble.ts'
import type { Column } from './finding.ts'
import type { FindingCode } from './finding-catalog.ts'
import type { Findings } from './findings.ts'
import { redactName } from './redact.ts'

type Role = 'publisher' | 'merchant'

const DELIMITER_NAMES = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'vertical bars' }
// Names of columns in a message; a file may have hundreds.
const MOST_NAMES = 20
const OWN_COLUMNS = new Set(['line', 'reason'])

/** Says what was found above the rows; refuses a header that lacks the one column we need. */
export function tellPreamble(preamble: Preamble, role: Role, findings: Findings): Column[] {
  const { names, delimiter, line, blanks, separatorLine, isWindows } = preamble
  if (!preamble.hasId) throw refuse(names)
  for (const blank of blanks) findings.add('blank-line', blank)
  if (separatorLine !== undefined) findings.add('separator-line', separatorLine)
  if (isWindows) findings.add('windows-1252', line)
  if (delimiter !== ',') {
    const message = `The cells are separated by ${DELIMITER_NAMES[delimiter]}.`
    findings.addOnce('delimiter', line, { message })
  }
  const columns = parseHeader(names).map((column) => ({ ...column, name: redactName(column.name) }))
  tellColumns(columns, role, line, findings)
  return columns.map(({ name, means }) => ({ name, means: isDate(means, role) ? null : means }))
}

/** Dates of purchases are a merchant's. */
function isDate(means: Column['means'], role: Role): boolean {
  return role === 'publisher' && means !== null && means.endsWith('_date')
}

function tellColumns(columns: HeaderColumn[], role: Role, line: number, findings: Findings): void {
  const isOfNoUse = (column: HeaderColumn): boolean => isDate(column.means, role)
  const aliases = columns.filter(({ means, isOwn }) => means !== null && !isOwn)
  const told = aliases
    .filter((column) => !isOfNoUse(column))
    .map(({ name, means }) => `"${name}" for ${means}`)
  const tell = (code: FindingCode, message: string, names: string[]): void => {
    if (names.length === 0) return
    const shown = `${message}: ${listNames(names)}.`
    findings.addOnce(code, line, { message: shown, count: names.length })
  }
  const namesOf = (has: (column: HeaderColumn) => boolean): string[] =>
    columns.filter(has).map(({ name }) => `"${name}"`)
  tell('column-alias', 'Columns were taken by other names than ours', told)
  tell(
    'column-ignored',
    'Columns mean nothing here and were ignored',
    namesOf(({ name, means, isTwice, isPhone }) => {
      const isOwn = OWN_COLUMNS.has(name.toLowerCase())
      return means === null && !isTwice && !isPhone && !isOwn && name !== ''
    }),
  )
  tell(
    'phone-ignored',
    'Phone numbers match nobody here, and columns were ignored',
    namesOf(({ isPhone }) => isPhone),
  )
  tell(
    'column-twice',
    'Columns mean the same as others and were ignored',
    namesOf(({ isTwice }) => isTwice),
  )
  tell('dates-ignored', 'Dates of purchases are for merchants; columns were ignored', [
    ...namesOf(isOfNoUse),
  ])
}

/** Names in a message: the first of them. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ')
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown
}

function refuse(names: readonly string[]): FileRefused {
  const isValue = names.some(
    (name) => isStandIn(name) || /@|[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-/i.test(name),
  )
  if (isValue) {
    return new FileRefused(
      'NoHeader',
      'The file has no header line: its first line looks like a row. ' +
        'Put user_id,email_sha256 (or the columns that you have) above it.',
    )
  }
  return new FileRefused(
    'NoUserId',
    'The file has no column user_id. The first line must name the columns, and one of them ' +
      'must be user_id; customer_id, client_id, member_id, account_id, external_id, uid and id ' +
      'are taken for it as well.',
  )
}
