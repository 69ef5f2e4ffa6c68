import { refTo } from './document.ts'
import type { Json, Reference } from './document.ts'

const integer = (description: string): Json => ({
  description,
  schema: { type: 'integer', minimum: 0 },
})
const text = (description: string, example: string): Json => ({
  description,
  schema: { type: 'string' },
  example,
})

/** Headers of answers. */
export const headers: Record<string, Json> = {
  'X-Request-Id': text("Finds the request in the server's log.", 'req-00000000000000a1'),
  'X-Button-Limit-Remaining': integer('How many more calls this minute takes.'),
  'X-Button-Limit-Reset-Seconds': integer('When the next minute begins.'),
  'RateLimit-Policy': text('The limit, where there is one.', '"minute";q=6000;w=60'),
  RateLimit: text('What is left of it.', '"minute";r=5999;t=42'),
  'Retry-After': integer('In how many seconds to try again.'),
}

/** Headers of requests. */
export const parameters: Record<string, Json> = {
  ApiVersion: {
    in: 'header',
    name: 'X-Button-API-Version',
    description: 'A date, by which clients pin a version. There is one so far, so any will do.',
    schema: { type: 'string', format: 'date' },
  },
  IdempotencyKey: {
    in: 'header',
    name: 'Idempotency-Key',
    description:
      'As long as the import has not come to an end, the same call with the same key answers it.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7E]+$' },
  },
  ContentEncoding: {
    in: 'header',
    name: 'Content-Encoding',
    description: 'How the file is compressed. It may be said by its type as well.',
    schema: { type: 'string', enum: ['gzip', 'zstd', 'identity'] },
  },
}

/** What every answer has. */
export function answerHeaders(): Record<string, Reference> {
  return Object.fromEntries(
    Object.keys(headers)
      .filter((name) => name !== 'Retry-After')
      .map((name) => [name, refTo('headers', name)]),
  )
}
