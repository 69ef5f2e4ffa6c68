import { Type } from 'typebox'
import type { Static } from 'typebox'
import { closed, date, givenDate, OneOf, pageQuery } from '../../http/schema.ts'
import { parseInstantField } from '../../kernel/date-field.ts'
import type { Snapshot } from '../../organizations/directory.ts'
import type { Entry, EntryFilters } from './entry-list-store.ts'

const Text = (description: string) => Type.String({ minLength: 1, maxLength: 300, description })

const filters = {
  start: Type.Optional(givenDate('RFC 3339; inclusive.')),
  end: Type.Optional(givenDate('RFC 3339; exclusive.')),
  actor: Type.Optional(Text('The id of a key or a person, `operator` or `service`.')),
  object: Type.Optional(Text('The id of what something was done to.')),
  action: Type.Optional(Text('Such as `key.create`; or `key`, for all that was done to keys.')),
  request_id: Type.Optional(Text('`X-Request-Id` of an answer: what its call did.')),
}
const organization = Type.Optional(
  Text('The id of an organization; `operator`: what concerns none. All unless given.'),
)

export const EntryExportQuery = Type.Object(filters, closed)
export const EntryListQuery = Type.Object({ ...pageQuery, ...filters }, closed)
export const AnyEntryListQuery = Type.Object({ ...pageQuery, ...filters, organization }, closed)
export const AnyEntryExportQuery = Type.Object({ ...filters, organization }, closed)

const values = (description: string) =>
  Type.Unsafe<Record<string, unknown> | null>({
    type: ['object', 'null'],
    additionalProperties: true,
    description,
  })

export const AuditLogEntryAnswer = Type.Object(
  {
    id: Type.String(),
    organization_id: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'Whose journal it is in; null: the operator’s own.',
    }),
    number: Type.Integer({ description: 'Counts from 1 in the journal, without a gap.' }),
    date: date(),
    actor: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description:
        'The id of a key or a person, `operator`, or `service` for what it did by itself; the id of an ' +
        'organization for what another one did; null: nobody that is known.',
    }),
    action: Type.String({ description: 'A noun and a verb, such as `key.create`.' }),
    object: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'The id of what it was done to; null where that would tell of a person.',
    }),
    outcome: OneOf(['done', 'refused']),
    address: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'The network that the call came from: 24 bits of IPv4, 48 of IPv6.',
    }),
    request_id: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: '`X-Request-Id` of the answer.',
    }),
    before: values('What was changed, as it was.'),
    after: values('What was changed, as it is since, or what was done.'),
    hash: Type.String({
      description: 'SHA-256 over the entry and the hash of the one before, in lower-case hex.',
    }),
  },
  { title: 'AuditLogEntry' },
)

type FilterQuery = Partial<Static<typeof EntryExportQuery>>

export function parseEntryFilters(query: FilterQuery, journal: number | undefined): EntryFilters {
  const { actor, object, action, request_id: request } = query
  return {
    organization: journal,
    start: parseInstantField(query.start, 'start') ?? undefined,
    end: parseInstantField(query.end, 'end') ?? undefined,
    ...{ actor, object, action, request },
  }
}

const parseValues = (text: string | null): Record<string, unknown> | null =>
  text === null ? null : (JSON.parse(text) as Record<string, unknown>)

export function entryToWire(entry: Entry, snapshot: Snapshot): Static<typeof AuditLogEntryAnswer> {
  const { id, number, at, actor, action, object, outcome, address, request, hash } = entry
  return {
    ...{ id, organization_id: ownerOf(entry, snapshot), number, date: at.toISOString() },
    ...{ actor, action, object, outcome, address, request_id: request },
    before: parseValues(entry.before),
    after: parseValues(entry.after),
    hash: Buffer.from(hash).toString('hex'),
  }
}

/** The columns of an export: those of the hash, in its order, and the hash. */
export const ENTRY_COLUMNS = [
  ...['organization_id', 'number', 'id', 'date', 'actor', 'action', 'object', 'outcome'],
  ...['address', 'request_id', 'before', 'after', 'hash'],
]

export function entryToCells(entry: Entry, snapshot: Snapshot): (string | number | null)[] {
  const { number, id, at, actor, action, object, outcome, address, request } = entry
  return [
    ...[
      ownerOf(entry, snapshot) ?? 'operator',
      number,
      id,
      at.toISOString(),
      actor,
      action,
      object,
    ],
    ...[outcome, address, request, entry.before, entry.after],
    Buffer.from(entry.hash).toString('hex'),
  ]
}

function ownerOf({ organization: number }: Entry, snapshot: Snapshot): string | null {
  return snapshot.byNumber(number)?.id ?? null
}
