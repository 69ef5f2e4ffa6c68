import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'

/** What is read of openapi.json. */
export interface Described {
  paths: Record<string, Record<string, DescribedOperation>>
}

export interface DescribedOperation {
  operationId: string
  requestBody?: { content: Record<string, unknown> }
  responses: Record<string, { $ref?: string; content?: Record<string, unknown> }>
}

const JSON_TYPE = 'application/json'
const file = new URL('../../../openapi.json', import.meta.url)
let described: { document: Described; ajv: Ajv2020 } | undefined

export const readDescribed = (): Described => (described ??= read()).document

/** What finds the faults of an answer; a string where openapi.json does not describe that answer. */
export function answerValidator(
  method: string,
  path: string,
  status: number,
): ValidateFunction | string {
  const operation = readDescribed().paths[path]?.[method.toLowerCase()]
  if (!operation) return `${method} ${path} is not described`
  const response = operation.responses[status]
  if (!response) return `${method} ${path} answers an undescribed ${status}`
  return compile(response.$ref ?? `${pointerOf(method, path)}/responses/${status}`)
}

/** What finds the faults of a body in JSON. */
export function requestValidator(method: string, path: string): ValidateFunction {
  readDescribed()
  return compile(`${pointerOf(method, path)}/requestBody`)
}

/** The faults that a validator found last, each with where it is. */
export function listFaults({ errors }: ValidateFunction): string[] {
  return (errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  )
}

function compile(holder: string): ValidateFunction {
  described ??= read()
  return described.ajv.compile({ $ref: `api${holder}/content/${escaped(JSON_TYPE)}/schema` })
}

const pointerOf = (method: string, path: string): string =>
  `#/paths/${[path, method.toLowerCase()].map(escaped).join('/')}`

const escaped = (step: string): string =>
  encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))

function read(): { document: Described; ajv: Ajv2020 } {
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
