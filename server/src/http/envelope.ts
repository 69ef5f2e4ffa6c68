import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Static, TSchema } from 'typebox'
import type { Page } from '../kernel/database/page.ts'
import { publicUrl } from './public-url.ts'
import { NullableString } from './schema.ts'
import { Warning } from './warnings.ts'
import type { Warnings } from './warnings.ts'

const OkMeta = Type.Object({ status: Type.Literal('ok') }, { title: 'OkMeta' })

/** The name of an envelope, after that of what is in it. */
const named = ({ title }: TSchema & { title?: string }, suffix: string) =>
  title === undefined ? {} : { title: `${title}${suffix}` }

/** The answer with one object. */
export const One = <T extends TSchema>(object: T) =>
  Type.Object({ meta: OkMeta, object }, named(object, 'Answer'))

export const WarnedMeta = Type.Object(
  {
    status: Type.Literal('ok'),
    warnings: Type.Optional(
      Type.Array(Warning, {
        description:
          'What was accepted but not as it was sent; among it the members that are not known, by their ' +
          'names (`UnknownMember`). What is the same in several rows is told of the first.',
      }),
    ),
  },
  { title: 'WarnedMeta' },
)

/** The answer with one object that may not be what was meant. */
export const Warned = <T extends TSchema>(object: T) =>
  Type.Object({ meta: WarnedMeta, object }, named(object, 'WarnedAnswer'))

/** The answer of a deletion. */
export const None = Type.Object(
  { meta: OkMeta, object: Type.Null() },
  { title: 'EmptyAnswer', description: 'Done; there is nothing to show.' },
)

const PageMeta = Type.Object(
  {
    status: Type.Literal('ok'),
    next: NullableString,
    previous: NullableString,
    prev: NullableString,
  },
  { title: 'PageMeta', description: 'URLs of the pages beside it, null where there is none.' },
)

/** The answer with a list: one page of it, and the URLs of the pages beside it. */
export const Many = <T extends TSchema>(object: T) =>
  Type.Object(
    {
      meta: PageMeta,
      objects: Type.Array(object),
    },
    { ...named(object, 'Page'), description: 'A page of the list.' },
  )

/** What is wrong, as `error` of an answer or of a row of one. */
export const ErrorMember = Type.Object(
  {
    message: Type.String({ description: 'What is wrong, for people.' }),
    type: Type.String({ description: 'A stable slug, for programs.' }),
    details: Type.Object(
      {},
      { additionalProperties: true, description: '`field` names the field that is wrong.' },
    ),
  },
  { title: 'ErrorMember' },
)

export const ErrorAnswer = Type.Object(
  {
    meta: Type.Object({ status: Type.Literal('error') }),
    error: ErrorMember,
  },
  { title: 'Error', description: 'The request was not carried out.' },
)

export function one<T>(object: T): { meta: { status: 'ok' }; object: T } {
  return { meta: { status: 'ok' }, object }
}

export function warned<T>(object: T, warnings: Warnings) {
  return { meta: warnedMeta(warnings), object }
}

/** `meta` of an answer, with the warnings where there are any. */
export function warnedMeta(warnings: Warnings): Static<typeof WarnedMeta> {
  const list = warnings.list()
  return { status: 'ok', ...(list.length > 0 && { warnings: list }) }
}

export function none(): { meta: { status: 'ok' }; object: null } {
  return { meta: { status: 'ok' }, object: null }
}

type AnyRequest = Pick<
  FastifyRequest,
  'protocol' | 'host' | 'originalUrl' | 'socket' | 'server' | 'caller' | 'isOperator'
> &
  Pick<FastifyRequest, 'query' | 'params' | 'routeOptions'>

/** A page as it is answered. Its cursors become URLs: this request's, with another cursor. */
export function many<T>(request: AnyRequest, { objects, next, previous }: Page<T>) {
  const before = previous === null ? null : withCursor(request, previous)
  return {
    meta: {
      status: 'ok' as const,
      next: next === null ? null : withCursor(request, next),
      previous: before,
      prev: before,
    },
    objects,
  }
}

/** A list that is always whole. */
export function all<T>(request: AnyRequest, objects: T[]) {
  return many(request, { objects, next: null, previous: null })
}

function withCursor(request: AnyRequest, cursor: string): string {
  const [path = '/', query = ''] = request.originalUrl.split('?', 2)
  const parameters = new URLSearchParams(query)
  parameters.set('cursor', request.server.cursors.seal(request, cursor))
  return `${publicUrl(request)}${path}?${parameters.toString()}`
}

export interface ErrorBody {
  meta: { status: 'error' }
  error: { message: string; type: string; details: Record<string, unknown> }
}

export function failed(
  type: string,
  message: string,
  details: Record<string, unknown> = {},
): ErrorBody {
  return { meta: { status: 'error' }, error: { message, type, details } }
}
