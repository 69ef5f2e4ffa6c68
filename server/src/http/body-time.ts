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

export interface BodyTimes {
  /** From the headers to the last byte. */
  bodyMs: number
  /** Of a file: between one piece and the next. */
  idleMs: number
}

// The largest body takes seconds on a slow line; a line that is silent for a minute is dead.
const BODY_TIMES: BodyTimes = { bodyMs: 60_000, idleMs: 60_000 }

/** Bodies have to come in time. Node's own limit would hold for files of gigabytes as well. */
export function limitBodyTime(app: FastifyInstance, times: BodyTimes = BODY_TIMES): void {
  const { bodyMs, idleMs } = times
  app.decorateRequest('bodyTimer', undefined)
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = request
    if (request.routeOptions.config.isStreamed) {
      raw.setTimeout(idleMs, () => raw.destroy())
    } else if (hasBody(request)) {
      request.bodyTimer = setTimeout(() => {
        reply.raw.once('finish', () => raw.socket.end())
        reply.header('Connection', 'close')
        void reply.code(408).send(failed('RequestTimeout', 'The request took too long to arrive.'))
      }, bodyMs)
    }
    done()
  })
  app.addHook('preValidation', (request, _reply, done) => {
    clearTimeout(request.bodyTimer)
    done()
  })
  app.addHook('onResponse', (request, _reply, done) => {
    clearTimeout(request.bodyTimer)
    limitRest(request, bodyMs)
    done()
  })
}

/**
 * Who was answered before the whole body had come may go on sending, so as to read the answer then, but
 * not for ever. An organization's file may be as long as any.
 */
function limitRest(request: FastifyRequest, bodyMs: number): void {
  const { raw, routeOptions, caller } = request
  if (raw.complete || !hasBody(request) || (routeOptions.config.isStreamed && caller)) return
  const timer = setTimeout(() => raw.destroy(), bodyMs)
  // On the request and not on its socket, which has a listener too many after ten requests.
  raw.once('end', () => clearTimeout(timer))
  raw.once('close', () => clearTimeout(timer))
}

export function hasBody({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
