import { Type } from 'typebox'
import type { Static } from 'typebox'
import { MAX_IDENTIFIERS } from '../customers/identifier.ts'
import { ErrorMember, WarnedMeta } from '../http/envelope.ts'
import { closed, NullableString, OneOf } from '../http/schema.ts'
import { invalidField, Problem } from '../kernel/problem.ts'

const MAX_BATCH = 1_000

const ID_PATTERN = /^[\x21-\x7E]{1,255}$/
export const CustomerId = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: '^[\\x21-\\x7E]+$',
  description: "The organization's own stable id: 1 to 255 characters of ASCII 0x21 to 0x7E.",
})

const Nullable = (description: string) =>
  Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], description }))

const members = {
  customer_id: Type.Optional(
    Type.Unknown({ description: 'Another name for `id`, in its place or the same.' }),
  ),
  email_sha256: Nullable('SHA-256 of the trimmed, lower-cased e-mail address: 64 hex digits.'),
  emails_sha256: Type.Optional(
    Type.Unsafe<string[] | null>({
      type: ['array', 'null'],
      items: { type: 'string' },
      maxItems: MAX_IDENTIFIERS,
      description: 'Several of the same; joined with `email_sha256`.',
    }),
  ),
  advertising_id: Nullable('IDFA or Android advertising id. The all-zero id means none.'),
}

export const CustomerBody = Type.Object({ id: CustomerId, ...members }, { title: 'CustomerReport' })
export type CustomerBody = Static<typeof CustomerBody>

/** Closed: a misspelt name would not only be passed over, it would clear what it was meant to keep. */
export const IdentifiersBody = Type.Object(
  { id: Type.Optional(CustomerId), ...members },
  { ...closed, title: 'Identifiers' },
)

export const BatchBody = Type.Object({
  // Each row is checked by itself, so that a bad one is its own answer and not the batch's.
  customers: Type.Array(Type.Unknown(), {
    minItems: 1,
    maxItems: MAX_BATCH,
    description: 'Each as in `reportCustomer`.',
  }),
})

const BatchResult = Type.Object(
  {
    id: NullableString,
    status: OneOf(['created', 'updated', 'unchanged', 'rejected']),
    error: Type.Optional(ErrorMember),
  },
  { title: 'BatchResult' },
)
export type BatchRow = Static<typeof BatchResult>

export const Results = Type.Object({ meta: WarnedMeta, objects: Type.Array(BatchResult) })

export const CustomerParams = Type.Object({ id: Type.String() })

/**
 * Puts the id under its own name, before anything is checked: a published client's own example calls it
 * `customer_id`. Throws a 400 where both are there and differ.
 */
export function adoptCustomerId(body: unknown): void {
  if (typeof body !== 'object' || body === null || !('customer_id' in body)) return
  const named = body as { id?: unknown; customer_id?: unknown }
  const { customer_id: alias } = named
  delete named.customer_id
  if (alias === null) return
  named.id ??= alias
  if (named.id !== alias) {
    const message = 'customer_id is another name for id, and the two differ; send one of them'
    throw invalidField('customer_id', message)
  }
}

/** A row that can be mended is answered as such; a bug fails the call. */
export function rejected(row: unknown, error: unknown): BatchRow {
  if (!(error instanceof Problem)) throw error
  const id = row !== null && typeof row === 'object' && 'id' in row ? row.id : null
  const { message, type, details } = error
  const isReadable = typeof id === 'string' && ID_PATTERN.test(id)
  return { id: isReadable ? id : null, status: 'rejected', error: { message, type, details } }
}
