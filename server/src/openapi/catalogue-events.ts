import type { Json, JsonObject, OpenApi } from './document.ts'

interface DescribedRequest {
  summary: string
  requestBody: { content: Record<string, { schema: { oneOf: [{ $ref: string }] }; example: Json }> }
}

const REFERENCE = '#/components/schemas/'

/** Each type of events with when it happens, an example and the schema, which needs no other. */
export function catalogueEvents({ webhooks, components }: OpenApi): Json {
  const schemas = components['schemas'] ?? {}
  const types = Object.entries(webhooks).map(([type, { post }]) => {
    const { summary, requestBody } = post as DescribedRequest
    const { schema, example } = requestBody.content['application/json'] ?? {}
    const name = schema?.oneOf[0].$ref.slice(REFERENCE.length) ?? ''
    return { type, summary, example, schema: name }
  })
  const names = [...new Set(types.map(({ schema }) => schema))]
  return {
    types,
    schemas: Object.fromEntries(
      names.map((name) => [name, inline({ $ref: REFERENCE + name }, schemas)]),
    ),
  }
}

/** The schema with what it refers to in place of the references. None refers to itself. */
function inline(schema: Json, schemas: Record<string, Json>): Json {
  if (schema === null || typeof schema !== 'object') return schema
  if (Array.isArray(schema)) return schema.map((each) => inline(each, schemas))
  const { $ref, ...rest }: JsonObject = schema
  const target = typeof $ref === 'string' ? schemas[$ref.slice(REFERENCE.length)] : undefined
  const members = Object.entries(rest).map(([name, value]) => [
    name,
    value === undefined ? undefined : inline(value, schemas),
  ])
  const own = Object.fromEntries(members) as JsonObject
  return target === undefined ? own : { ...(inline(target, schemas) as JsonObject), ...own }
}
