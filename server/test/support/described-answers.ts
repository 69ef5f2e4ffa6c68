import { subscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ValidateFunction } from 'ajv/dist/2020.js'
import { answerValidator, listFaults } from './described-schemas.ts'

/**
 * Each answer of a server in this process is compared with openapi.json, and members that are not described are
 * forbidden. `check-answers.ts` fails the test in which an answer differs.
 */

const differences: string[] = []
// Of one answer that differs in everything the beginning says enough.
const MAX_SAID = 400
const madeUp = new Set<string>()

/** Until this file's end leaves the path's answers out: the test makes up what they hold. */
export function answersAreMadeUp(path: string): void {
  madeUp.add(path)
}

/** The differences since the last time. */
export const takeDifferences = (): string[] => differences.splice(0)

export const forgetMadeUp = (): void => madeUp.clear()

// Fastify announces each app that is made, so that what is tested is built as it always is.
subscribe('fastify.initialization', (message) => {
  const { fastify } = message as { fastify: FastifyInstance }
  // What the handler gave, before the serializer drops members that no schema names.
  fastify.addHook('preSerialization', (request, reply, payload, done) => {
    compare(request, reply, payload)
    done(null, payload)
  })
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const type = String(reply.getHeader('content-type') ?? '')
    if (typeof payload === 'string' && type.startsWith('application/json')) {
      compare(request, reply, JSON.parse(payload))
    }
    done(null, payload)
  })
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.url === '/v1/offers') watchWritten(request, reply)
    done()
  })
})

/** An answer that is written past Fastify, as it goes to the socket. */
function watchWritten(request: FastifyRequest, reply: FastifyReply): void {
  const parts: Buffer[] = []
  const { raw } = reply
  const write = raw.write.bind(raw) as (chunk: Buffer) => boolean
  raw.write = (chunk: Buffer) => {
    parts.push(chunk)
    return write(chunk)
  }
  raw.once('finish', () => {
    if (parts.length > 0) compare(request, reply, JSON.parse(Buffer.concat(parts).toString()))
  })
}

const validators = new Map<string, ValidateFunction | string>()

function compare(request: FastifyRequest, reply: FastifyReply, answer: unknown): void {
  const { url, schema } = request.routeOptions
  // Paths that nobody serves, and what is described nowhere.
  if (url === undefined || request.is404 || schema?.hide || request.method === 'HEAD') return
  if (madeUp.has(url)) return
  const path = url.replaceAll(/:(\w+)/g, '{$1}')
  const key = `${request.method} ${path} ${reply.statusCode}`
  const validate = validators.get(key) ?? answerValidator(request.method, path, reply.statusCode)
  validators.set(key, validate)
  if (typeof validate === 'string') differences.push(validate)
  else if (!validate(answer)) {
    differences.push(`${key}: ${listFaults(validate).join('; ')}`.slice(0, MAX_SAID))
  }
}
