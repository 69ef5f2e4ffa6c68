import type { FastifyInstance, FastifyRequest } from 'fastify'
import { failed } from './envelope.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is a file of any length: only while nothing comes does its time run. */
    isStreamed?: boolean
  }
  interface FastifyRequest {
    bodyTimer: NodeJS.Timeout | undefined
  }
}

// From the headers to the last byte; the largest body takes seconds on a slow line.
const BODY_MS = 60_000
// A line that is silent for so long is dead.
const IDLE_MS = 60_000

/** Bodies have to come in time. Node's own limit would hold for files of gigabytes as well. */
export function limitBodyTime(app: FastifyInstance): void {
  app.decorateRequest('bodyTimer', undefined)
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = request
    if (request.routeOptions.config.isStreamed) {
      raw.setTimeout(IDLE_MS, () => raw.destroy())
    } else if (hasBody(request)) {
      request.bodyTimer = setTimeout(() => {
        reply.raw.once('finish', () => raw.socket.end())
        reply.header('Connection', 'close')
        void reply.code(408).send(failed('RequestTimeout', 'The request took too long to arrive.'))
      }, BODY_MS)
    }
    done()
  })
  app.addHook('preValidation', (request, _reply, done) => {
    clearTimeout(request.bodyTimer)
    done()
  })
  app.addHook('onResponse', (request, _reply, done) => {
    clearTimeout(request.bodyTimer)
    done()
  })
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
