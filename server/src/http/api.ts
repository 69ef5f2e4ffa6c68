import type { IncomingMessage, ServerResponse } from 'node:http'
// Adds what a description of the API needs to the schemas of routes.
import type {} from '@fastify/swagger'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whose key the call is for, where it isn't for either's. The handler sees to it. */
    only?: 'publisher' | 'merchant'
    /** Statuses of errors that do not follow from the route's form; for its description. */
    errors?: readonly number[]
    /** The media type of an answer that is no JSON; for its description. */
    answers?: string
  }
}

/** A scope of the app; the schemas of its routes are the types of its requests. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** What a `…Routes(parts)` function returns: adds its routes to the scope. */
export type Routes = (api: Api) => void
