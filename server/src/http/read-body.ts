import type { FastifyInstance, FastifyRequest } from 'fastify'
import { invalidField, Problem } from '../kernel/problem.ts'
import { wrongContentType } from './answer-error.ts'
import { parseStrictJson } from './json/strict-json.ts'

/** Of one call. A route that takes many rows at once raises its own by `bodyLimit`. */
export const BODY_LIMIT = 64 * 1024
export const BATCH_BODY_LIMIT = 4 * 1024 * 1024

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * What to say to who sends no body at all, where that must not pass for an empty object: where an
     * empty one takes away.
     */
    bodyNeeded?: string
  }
}

/** How bodies and queries become what the schemas check. */
export function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    settle(done, () => parseJson(request, body as Buffer))
  })
  // Clients send no type, or any, where there is nothing to send.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    settle(done, () => {
      if (body.length > 0) throw wrongContentType(request)
    })
  })
  app.addHook('preValidation', (request, _reply, done) => {
    // No body is an empty one: either is fine where every field is optional, and where one is
    // required the answer names it.
    const { schema, config } = request.routeOptions
    if (request.body === undefined && schema?.body !== undefined) {
      if (config.bodyNeeded !== undefined)
        throw invalidField('body', `A body is required. ${config.bodyNeeded}`)
      request.body = {}
    }
    parseQueryNumbers(request)
    done()
  })
}

function settle(done: (error: Error | null, body?: unknown) => void, work: () => unknown): void {
  let body: unknown
  try {
    body = work()
  } catch (error) {
    done(error as Error)
    return
  }
  done(null, body)
}

function parseJson(request: FastifyRequest, body: Buffer): unknown {
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new Problem(
      415,
      'UnsupportedMediaType',
      'The body must be sent without Content-Encoding.',
    )
  }
  return parseStrictJson(body)
}

interface QuerySchema {
  properties?: Record<string, { type?: string }>
}

/** A query is text; its numbers are read here, so that bodies can be checked without any coercion. */
function parseQueryNumbers(request: FastifyRequest): void {
  const schema = request.routeOptions.schema?.querystring as QuerySchema | undefined
  if (!schema?.properties) return
  const query = request.query as Record<string, unknown>
  for (const [name, { type }] of Object.entries(schema.properties)) {
    const value = query[name]
    if (type === 'integer' && typeof value === 'string' && /^-?\d{1,15}$/.test(value)) {
      query[name] = Number(value)
    }
  }
}
