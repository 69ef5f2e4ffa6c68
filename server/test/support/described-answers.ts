import { subscribe } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { afterAll, afterEach, expect } from 'vitest'

/**
 * A setup file: in every test, each answer of a server in its process is compared with openapi.json, and members
 * that are not described are forbidden. What differs fails the test in which it was answered.
 */

const differences: string[] = []

const check = (): void => {
  const found = differences.splice(0)
  expect(found, 'answers differ from openapi.json').toEqual([])
}
afterEach(check)
afterAll(check)

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

interface Described {
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>
}

const validators = new Map<string, ValidateFunction | string>()
let described: { document: Described; ajv: Ajv2020 } | undefined

function compare(request: FastifyRequest, reply: FastifyReply, answer: unknown): void {
  const { url, schema } = request.routeOptions
  // Paths that nobody serves, and what is described nowhere.
  if (url === undefined || request.is404 || schema?.hide || request.method === 'HEAD') return
  const path = url.replaceAll(/:(\w+)/g, '{$1}')
  const key = `${request.method} ${path} ${reply.statusCode}`
  const validate = validators.get(key) ?? makeValidator(request.method, path, reply.statusCode)
  validators.set(key, validate)
  if (typeof validate === 'string') differences.push(validate)
  else if (!validate(answer)) {
    const faults = validate.errors?.map((each) => {
      const { instancePath, message, params } = each
      return `${instancePath} ${message} ${JSON.stringify(params)}`
    })
    differences.push(`${key}: ${faults?.join('; ')}`)
  }
}

function makeValidator(method: string, path: string, status: number): ValidateFunction | string {
  described ??= readDescription()
  const { document, ajv } = described
  const operation = document.paths[path]?.[method.toLowerCase()]
  if (!operation) return `${method} ${path} is not described`
  if (!operation.responses[status]) return `${method} ${path} answers an undescribed ${status}`
  const response = operation.responses[status] as { $ref?: string }
  const pointer =
    response.$ref ??
    `#/paths/${[path, method.toLowerCase()].map(escaped).join('/')}/responses/${status}`
  return ajv.compile({ $ref: `api${pointer}/content/${escaped('application/json')}/schema` })
}

const escaped = (step: string): string =>
  encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))

function readDescription(): { document: Described; ajv: Ajv2020 } {
  const file = new URL('../../../openapi.json', import.meta.url)
  const document = JSON.parse(readFileSync(file, 'utf8'), close) as Described
  // The document itself is no schema; those in it are reached by their pointers.
  const ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true })
  formats.default(ajv)
  ajv.addSchema({ $id: 'api', ...document })
  return { document, ajv }
}

/** What is not described of an object is forbidden, unless it is said to be free. */
function close(_key: string, value: unknown): unknown {
  const isObject = value !== null && typeof value === 'object'
  if (!isObject || !('properties' in value) || 'additionalProperties' in value) return value
  return { ...value, additionalProperties: false }
}
