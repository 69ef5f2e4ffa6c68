import { Type } from 'typebox'
import { PAID_SEGMENTS, TRANSACTION_STATUSES } from '../commissions/transactions/transaction.ts'
import { FEWEST_PEOPLE } from '../customers/privacy-floor.ts'
import { IDENTIFIER_KINDS } from '../customers/identifier.ts'
import { CAUSES } from '../events/event.ts'
import { closed, date, day, Nullable, nullableDate, NullableOneOf, OneOf } from '../http/schema.ts'
import { SEGMENT_NAMES } from '../organizations/organization.ts'
import { MOST_DAYS } from './read-reports.ts'

const range = {
  start: Type.Optional(
    Type.String({
      maxLength: 64,
      description: 'The first day, in UTC; thirty days ago unless given.',
    }),
  ),
  end: Type.Optional(
    Type.String({
      maxLength: 64,
      description: `The day after the last, in UTC; tomorrow unless given. At most ${MOST_DAYS} days.`,
    }),
  ),
}
const merchantId = {
  merchant_id: Type.Optional(
    Type.String({ maxLength: 255, description: 'Only of this merchant.' }),
  ),
}
/** A browser that follows a link sends no header of ours. */
export const download = {
  organization: Type.Optional(
    Type.String({
      maxLength: 255,
      description:
        'The organization, where a browser with a session downloads it: it sends no header of ours. Keys need none.',
    }),
  ),
}
const by = (dimensions: string, otherwise: string) => ({
  by: Type.Optional(
    Type.String({
      maxLength: 255,
      description: `What it is told apart by, with commas: ${dimensions}. ${otherwise} unless given.`,
    }),
  ),
})

const SEGMENT_FIELDS = { ...range, ...merchantId }
export const SegmentReportQuery = Type.Object(SEGMENT_FIELDS, closed)
export const SegmentExportQuery = Type.Object({ ...SEGMENT_FIELDS, ...download }, closed)

export const MOVE_DIMENSIONS = ['day', 'merchant', 'segment', 'cause'] as const
const MOVE_FIELDS = {
  ...range,
  ...merchantId,
  ...by(MOVE_DIMENSIONS.map((word) => `\`${word}\``).join(', '), 'All'),
}
export const MoveReportQuery = Type.Object(MOVE_FIELDS, closed)
export const MoveExportQuery = Type.Object({ ...MOVE_FIELDS, ...download }, closed)

export const COMMISSION_DIMENSIONS = ['day', 'partner', 'segment', 'status', 'category'] as const
const COMMISSION_FIELDS = {
  ...range,
  ...by(
    '`day`, `partner` (the merchant, or the publisher), `segment`, `status`, `category`; by currency always',
    '`day`, `partner`, `segment` and `status`',
  ),
  partner_id: Type.Optional(
    Type.String({ maxLength: 255, description: 'Only with this merchant, or publisher.' }),
  ),
  segment: Type.Optional(Type.Enum([...PAID_SEGMENTS])),
  status: Type.Optional(Type.Enum([...TRANSACTION_STATUSES])),
  currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217.' })),
}
export const CommissionReportQuery = Type.Object(COMMISSION_FIELDS, closed)
export const CommissionExportQuery = Type.Object({ ...COMMISSION_FIELDS, ...download }, closed)

export const MatchExportQuery = Type.Object(download, closed)

const people = (description: string) => Type.Integer({ minimum: 0, description })
const asOf = {
  as_of_date: nullableDate(
    'When it was counted; null where it is being counted for the first time.',
  ),
}
const partner = {
  merchant_id: Type.String(),
  merchant_name: Type.String(),
}

export const SegmentReportAnswer = Type.Object(
  {
    ...asOf,
    floor: Type.Integer({ description: 'Of fewer customers nothing is told.' }),
    days: Type.Array(
      Type.Object(
        {
          day: day(),
          as_of_date: date('When it was counted: the last time on that day.'),
          customers: Type.Unsafe<number | null>({
            type: ['integer', 'null'],
            description: `Your customers then; null where they were fewer than ${FEWEST_PEOPLE}.`,
          }),
          matched: Type.Unsafe<number | null>({
            type: ['integer', 'null'],
            description:
              'Of these, those who were active at any of the merchants; null where a merchant was among them ' +
              'that you do not see any more.',
          }),
          merchants: Type.Array(
            Type.Object({
              ...partner,
              active: people('Active there.'),
              new: people('The others.'),
            }),
            { description: 'Approved merchants with segments switched on; empty below the floor.' },
          ),
        },
        { title: 'SegmentReportDay' },
      ),
    ),
  },
  { title: 'SegmentReport' },
)

const asked = 'Null where it was not asked for.'
const maybeText = Type.Unsafe<string | null>({ type: ['string', 'null'], description: asked })
const maybeDay = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  format: 'date',
  description: asked,
})

export const MoveReportAnswer = Type.Object(
  {
    ...asOf,
    moves: Type.Array(
      Type.Object(
        {
          day: maybeDay,
          merchant_id: maybeText,
          merchant_name: maybeText,
          segment: NullableOneOf(SEGMENT_NAMES, `The segment that customers came into. ${asked}`),
          cause: NullableOneOf(CAUSES, asked),
          moves: people('How many times.'),
        },
        { title: 'MoveCount' },
      ),
    ),
  },
  { title: 'MoveReport' },
)

export const CommissionReportAnswer = Type.Object(
  {
    ...asOf,
    commissions: Type.Array(
      Type.Object(
        {
          day: maybeDay,
          partner_id: maybeText,
          partner_name: maybeText,
          segment: NullableOneOf(
            PAID_SEGMENTS,
            `What orders were paid as; \`none\` where the merchant told no segments. ${asked}`,
          ),
          status: NullableOneOf(TRANSACTION_STATUSES, asked),
          category: Type.Unsafe<string | null>({
            type: ['string', 'null'],
            description: `The widest category of lines; empty for what has none. ${asked}`,
          }),
          currency: Type.String({ description: 'Amounts of several are never added.' }),
          transactions: people('With a line of the category, where that is asked for.'),
          order_total: Type.Integer({
            description: "What is paid on, in the currency's smallest unit.",
          }),
          amount: Type.Integer({ description: 'The commissions.' }),
        },
        { title: 'CommissionCount' },
      ),
    ),
  },
  { title: 'CommissionReport' },
)

const MATCH_HINTS = [
  'mend-rows',
  'mend-identifiers',
  'send-identifiers',
  'send-advertising-ids',
  'ask-merchants',
] as const

export const MatchReportAnswer = Type.Object(
  {
    ...asOf,
    floor: Type.Integer({ description: 'Of fewer customers nothing is told.' }),
    files: Type.Array(
      Type.Object(
        {
          id: Type.String({ description: '`import-…`' }),
          ended_date: date(),
          rows: people('Of the file.'),
          readable: people('Rows that could be read, with an id.'),
          hashed: people('Of these, those whose identifiers are in the form that can be matched.'),
          losses: Type.Array(
            Type.Object({
              code: Type.String({ description: 'As in the findings of imports.' }),
              count: Type.Integer(),
              message: Type.String(),
              advice: Type.String(),
            }),
            { description: 'What cost rows, the most first.' },
          ),
        },
        { title: 'MatchedFile' },
      ),
      { description: 'The last two files that were written, the newest first.' },
    ),
    customers: Nullable(
      Type.Object(
        {
          all: people('Your customers.'),
          identified: people('Those with an identifier.'),
          matched: people('Those who are active at a merchant whose segments you see.'),
          kinds: Type.Array(
            Type.Object({
              kind: OneOf(IDENTIFIER_KINDS),
              customers: people('Who carry one, and perhaps others.'),
              matched: people('Of these.'),
            }),
          ),
          merchants: Type.Array(Type.Object({ ...partner, matched: people('Active there.') })),
        },
        {
          title: 'MatchedCustomers',
          description: `As of \`as_of_date\`. Null where they are fewer than ${FEWEST_PEOPLE}.`,
        },
      ),
    ),
    hints: Type.Array(OneOf(MATCH_HINTS), {
      description: 'What would raise it, the first step first.',
    }),
  },
  { title: 'MatchReport' },
)
export type MatchHint = (typeof MATCH_HINTS)[number]
