import { refTo } from './document.ts'
import { answerHeaders } from './headers.ts'
import type { Answer, Operation, Reference } from './document.ts'

/** The errors by their status: what each is called in the document, and when it is answered. */
const ERRORS: Readonly<Record<number, { name: string; description: string }>> = {
  400: {
    name: 'BadRequest',
    description: 'Something is wrong with it: `details.field` names what.',
  },
  401: {
    name: 'Unauthorized',
    description: 'The key or the session is not valid, or not for this call.',
  },
  403: {
    name: 'Forbidden',
    description:
      'The key or the person may not do this, or has to step up first, or the merchant has not approved the publisher.',
  },
  404: { name: 'NotFound', description: 'There is none, or it is not yours.' },
  408: { name: 'RequestTimeout', description: 'The body took too long to arrive.' },
  409: { name: 'Conflict', description: 'It does not go with what is there already.' },
  413: { name: 'BodyTooLarge', description: 'The body is larger than `details.limit`.' },
  414: { name: 'PathTooLong', description: 'A part of the path is too long.' },
  415: { name: 'UnsupportedMediaType', description: 'The body is not of a type that is taken.' },
  429: { name: 'TooManyRequests', description: 'Again after `Retry-After` seconds.' },
  500: {
    name: 'InternalError',
    description: 'A bug here; `details.request_id` finds it in the log.',
  },
  503: { name: 'Unavailable', description: 'Not now; again after `Retry-After` seconds.' },
}

const REPEATABLE = [429, 503]

/** Which errors a route can answer: most follow from its form, some are its own. */
export function errorsOf(path: string, method: string, operation: Operation): number[] {
  const { errors = [], isUnlimited = false } = operation['x-route'] ?? {}
  const isPublic = operation.security?.length === 0
  const hasBody = ['post', 'put', 'patch'].includes(method)
  const hasParams = path.includes('{')
  const found = new Set<number>([500, 503, ...errors])
  if (!isPublic) found.add(400).add(401).add(403)
  // An organization that the person is no member of is as one that there is not.
  if (path.startsWith('/v1/')) found.add(404)
  if (hasParams) found.add(404).add(414)
  if (hasBody) found.add(408).add(413).add(415)
  if (!isUnlimited) found.add(429)
  return [...found].sort((a, b) => a - b)
}

export function errorResponses(statuses: number[]): Record<string, Reference> {
  return Object.fromEntries(
    statuses.map((status) => [String(status), refTo('responses', ERRORS[status]?.name ?? '')]),
  )
}

/** The answers that the errors of all routes refer to. */
export function errorComponents(): Record<string, Answer> {
  return Object.fromEntries(
    Object.entries(ERRORS).map(([status, { name, description }]) => [
      name,
      {
        description,
        headers: {
          ...answerHeaders(),
          ...(REPEATABLE.includes(Number(status)) && {
            'Retry-After': refTo('headers', 'Retry-After'),
          }),
        },
        content: { 'application/json': { schema: { ...refTo('schemas', 'Error') } } },
      },
    ]),
  )
}
