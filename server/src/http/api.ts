import type { IncomingMessage, ServerResponse } from 'node:http'
// Adds what a description of the API needs to the schemas of routes.
import type {} from '@fastify/swagger'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'

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
