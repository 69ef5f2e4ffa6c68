import { Type } from 'typebox'
import type { TSchema } from 'typebox'
import { MAX_PAGE_SIZE } from '../kernel/database/page.ts'

/**
 * What schemas of several routes are made of.
 *
 * A schema with a `title` is a component of openapi.json under that name, and everything that carries the
 * title has to be the same. Serializers and validators take a title for a remark, so naming costs no call
 * anything, which a `$ref` does not promise.
 */

/** Of an object: no members but those named. */
export const closed = { additionalProperties: false } as const

/** Of names and reasons: something that can be read, and no control characters, since they end up on screens. */
export const READABLE = '^(?=.*\\S)\\P{Cc}+$'

/** The body of a call whose path says everything. */
export const EmptyBody = Type.Object({}, closed)

// `Type.Union` with null would be tried out at each serialization; a list of types is not.
export const NullableString = Type.Unsafe<string | null>({ type: ['string', 'null'] })
export const NullableInteger = Type.Unsafe<number | null>({ type: ['integer', 'null'] })

/** An object, or null. */
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([Type.Null(), schema])

/**
 * One of these words, in an answer. It has its type beside them, so that it is written as any string is; what
 * is asked for is a `Type.Enum`, whose fault names the words whatever else was sent.
 */
export const OneOf = <const T extends string>(values: readonly T[], description?: string) =>
  Type.Unsafe<T>({ type: 'string', enum: values, ...(description && { description }) })

export const NullableOneOf = <const T extends string>(values: readonly T[], description?: string) =>
  Type.Unsafe<T | null>({
    type: ['string', 'null'],
    enum: [...values, null],
    ...(description && { description }),
  })

/** A date as it is answered: RFC 3339, UTC, milliseconds. */
export const date = (description?: string) =>
  Type.String({ format: 'date-time', ...(description && { description }) })

export const nullableDate = (description?: string) =>
  Type.Unsafe<string | null>({
    type: ['string', 'null'],
    format: 'date-time',
    ...(description && { description }),
  })

/** A day as it is answered: `YYYY-MM-DD`. */
export const day = (description?: string) =>
  Type.String({ format: 'date', ...(description && { description }) })

/**
 * What a date that is given is, beside a string: `readDate` takes more than RFC 3339, such as a day alone, so
 * that the validator must not ask for the format which the description names.
 */
export const DESCRIBED_FORMAT = 'x-format'
const given = { [DESCRIBED_FORMAT]: 'date-time', maxLength: 64 }

/** A date as it is given; see `readDate`. */
export const givenDate = (description: string) => Type.String({ ...given, description })

/** A date that need not be given. */
export const nullableGivenDate = (description: string) =>
  Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], ...given, description }))

/** The members of every list's query. Spread into the query's own schema. */
export const pageQuery = {
  cursor: Type.Optional(
    Type.String({
      maxLength: 2048,
      description:
        'From `meta.next` or `meta.previous`. It carries the filters of its list; a filter beside it may ' +
        'not contradict.',
    }),
  ),
  page_size: Type.Optional(
    Type.Integer({ minimum: 1, maximum: MAX_PAGE_SIZE, description: '50 unless given.' }),
  ),
}

/** The query of a list without filters. */
export const ListQuery = Type.Object(pageQuery, closed)
