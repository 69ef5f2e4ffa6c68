import { Type } from 'typebox'
import type { Static } from 'typebox'
import { date, Nullable, nullableDate, NullableOneOf, OneOf } from '../http/schema.ts'
import { idOfKey } from '../kernel/key.ts'
import { invalidField } from '../kernel/problem.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Organization } from '../organizations/organization.ts'
import { boundReport } from './csv/bound-report.ts'
import type { Report } from './csv/finding.ts'
import type { ImportOptions } from './change-import.ts'
import { decryptProgress } from './store/import.ts'
import type { Import, Preview } from './store/import.ts'

const MODES = ['purchasers', 'accounts', 'merge', 'replace'] as const

const Flag = (description: string) =>
  Type.Optional(
    Type.Enum(['true', 'false'], { description: `${description} \`true\` or \`false\`.` }),
  )

export const NewImportQuery = Type.Object(
  {
    mode: Type.Optional(
      Type.String({
        maxLength: 64,
        description:
          'For a merchant `purchasers` (the default: the rows have bought) or `accounts`; for anybody ' +
          '`merge` (the default) or `replace` (customers that are not in the file lose what earlier ' +
          'imports gave them, those that are keep of it what the file says again; never what calls or ' +
          'orders gave). Two with a comma between them.',
      }),
    ),
    start: Type.Optional(
      Type.Enum(['now'], { description: '`now`: as soon as the file was looked at.' }),
    ),
    quiet: Flag('Whether your own webhooks are not told which customers it moves.'),
  },
  { additionalProperties: false },
)

export const RejectsQuery = Type.Object({
  organization: Type.Optional(
    Type.String({
      maxLength: 255,
      description:
        'The organization, where a browser with a session downloads it: it sends no header of ours. Keys need none.',
    }),
  ),
})

export const FileQuery = Type.Object(
  {
    offset: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Where the body begins: `received_bytes`.' }),
    ),
    last: Flag('Whether the file ends with this body; it does unless told otherwise.'),
  },
  { additionalProperties: false },
)

export const ImportPath = Type.Object({ id: Type.String() })

export const StartQuery = Type.Object(
  {
    confirm: Type.Optional(
      Type.Integer({
        minimum: 0,
        description:
          'How many customers would lose what earlier imports gave them: `preview.confirm`, where that is ' +
          'a number.',
      }),
    ),
  },
  { additionalProperties: false },
)

const Count = (description: string) => Type.Integer({ minimum: 0, description })
const counts = {
  rows: Count('Done with; `created + updated + unchanged + rejected`, always.'),
  created: Count('Rows of customers that were not known.'),
  updated: Count('Rows that said something new.'),
  unchanged: Count('Rows that said nothing new.'),
  rejected: Count('Rows that could not be taken: see `rejects.csv`.'),
}

const FindingAnswer = Type.Object(
  {
    code: Type.String({ description: 'A stable slug.' }),
    severity: OneOf(['note', 'mended', 'warning', 'rejected']),
    count: Type.Integer(),
    lines: Type.Array(Type.Integer(), { description: 'The first five.' }),
    message: Type.String(),
    advice: Type.String({ description: 'What was done, or what to do.' }),
  },
  { title: 'ImportFinding' },
)

const ReportAnswer = Type.Object(
  {
    encoding: OneOf(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']),
    delimiter: OneOf([',', ';', '\t', '|']),
    line_ends: OneOf(['lf', 'crlf', 'cr', 'mixed']),
    columns: Type.Array(
      Type.Object({
        name: Type.String(),
        means: NullableOneOf(
          [
            'user_id',
            'email_sha256',
            'emails_sha256',
            'advertising_id',
            'first_purchase_date',
            'last_purchase_date',
          ],
          'Null: it is ignored.',
        ),
      }),
    ),
    findings: Type.Array(FindingAnswer),
  },
  { title: 'ImportReport', description: 'What was found in the file; never a value of it.' },
)

const PreviewAnswer = Type.Object(
  {
    ...counts,
    removed: Count('Customers that would lose what earlier imports gave them.'),
    confirm: Type.Unsafe<number | null>({
      type: ['integer', 'null'],
      description:
        'The number that a start has to confirm, since the file would take so much away: from more than 50 ' +
        'customers and more than a tenth of them, or all identifiers from most. Null where it need not.',
    }),
    segment_changes: Type.Unsafe<number | null>({
      type: ['integer', 'null'],
      description:
        'How many of your own customers change their segment, of a merchant; null of a publisher, whose ' +
        "customers' segments rest on what others know. Of others' customers nothing is told.",
    }),
    is_exact: Type.Boolean({
      description: 'False where so much in the file repeats that not all of it is told apart.',
    }),
  },
  {
    title: 'ImportPreview',
    description: 'What the import would do as things were when the file was looked at.',
  },
)

export const ImportAnswer = Type.Object(
  {
    id: Type.String({ description: '`import-…`' }),
    state: OneOf(
      [
        'receiving',
        'checking',
        'ready',
        'waiting',
        'running',
        'finished',
        'refused',
        'cancelled',
        'undoing',
        'undone',
      ],
      '`ready`: to be started; `waiting`: for an earlier one; `refused`: see `error`.',
    ),
    kind: NullableOneOf(['purchasers', 'accounts']),
    mode: OneOf(['merge', 'replace']),
    quiet: Type.Boolean(),
    starts_at_once: Type.Boolean(),
    received_bytes: Count('Of the file uncompressed, up to the last whole row that is kept.'),
    total_rows: Count('In what was received.'),
    ...counts,
    rows_per_second: Type.Unsafe<number | null>({ type: ['number', 'null'] }),
    time_left_seconds: Type.Unsafe<number | null>({ type: ['integer', 'null'] }),
    removed: Count('Customers that lost what earlier imports gave them.'),
    undone: Count("Customers of which this import's word was taken back."),
    restored: Count('Customers that got back, by the undo, what the import had taken from them.'),
    error: Nullable(Type.Object({ type: Type.String(), message: Type.String() })),
    report: Nullable(ReportAnswer),
    preview: Nullable(PreviewAnswer),
    created_date: date(),
    started_date: nullableDate(),
    ended_date: nullableDate(),
  },
  { title: 'Import' },
)
export type ImportAnswer = Static<typeof ImportAnswer>

/** An import as lists have it: what was found in its file is in its own answer. */
export const ImportSummary = Type.Omit(ImportAnswer, ['report'], { title: 'ImportSummary' })
export type ImportSummary = Static<typeof ImportSummary>

/** What the query of a new import asks for. */
export function parseOptions(
  organization: Organization,
  { mode: text, start, quiet }: Static<typeof NewImportQuery>,
  repeatKey: string | undefined,
): ImportOptions {
  const words = text === undefined ? [] : text.split(',').map((word) => word.trim())
  const unknown = words.some((word) => !(MODES as readonly string[]).includes(word))
  const isTwice = ['purchasers', 'merge'].some((word, index) =>
    [word, ['accounts', 'replace'][index]].every((each) => words.includes(each ?? '')),
  )
  const isMerchant = organization.role === 'merchant'
  const namesKind = words.includes('purchasers') || words.includes('accounts')
  if (unknown || isTwice || (namesKind && !isMerchant)) {
    throw invalidField(
      'mode',
      `mode must be ${isMerchant ? 'purchasers or accounts, and ' : ''}merge or replace, ` +
        'with a comma between them',
    )
  }
  return {
    kind: isMerchant ? (words.includes('accounts') ? 'accounts' : 'purchasers') : null,
    mode: words.includes('replace') ? 'replace' : 'merge',
    quiet: quiet === 'true',
    startsAtOnce: start === 'now',
    repeatKey,
  }
}

/** An import as its organization sees it. */
export function answerImport(vault: Vault, its: Import): ImportAnswer {
  const rate = its.state === 'running' ? its.rows_per_second : null
  const left = its.total_rows - its.rows
  return {
    id: idOfKey('import', its.key),
    state: its.state,
    kind: its.kind,
    mode: its.mode,
    quiet: its.quiet,
    starts_at_once: its.starts_at_once,
    received_bytes: its.received_bytes,
    total_rows: its.total_rows,
    rows: its.rows,
    created: its.created,
    updated: its.updated,
    unchanged: its.unchanged,
    rejected: its.rejected,
    rows_per_second: rate === null ? null : Math.round(rate),
    time_left_seconds: rate === null || rate <= 0 ? null : Math.ceil(left / rate),
    removed: its.removed,
    undone: its.undone,
    restored: its.restored,
    error: its.error,
    report: answerReport(vault, its),
    preview: its.preview && answerPreview(its.preview),
    created_date: its.created_at.toISOString(),
    started_date: its.started_at?.toISOString() ?? null,
    ended_date: its.ended_at?.toISOString() ?? null,
  }
}

function answerReport(vault: Vault, its: Import): Report | null {
  const report = decryptProgress(vault, its)?.report
  return report ? boundReport(report) : null
}

export function answerSummary(vault: Vault, its: Import): ImportSummary {
  const { report: _, ...summary } = answerImport(vault, its)
  return summary
}

/** Earlier versions stored more: nothing is told that is not named here. */
function answerPreview(preview: Preview): Static<typeof PreviewAnswer> {
  const { rows, created, updated, unchanged, rejected, removed, confirm, is_exact } = preview
  return {
    ...{ rows, created, updated, unchanged, rejected, removed },
    confirm: confirm ?? null,
    segment_changes: preview.own_changes ?? null,
    is_exact,
  }
}
