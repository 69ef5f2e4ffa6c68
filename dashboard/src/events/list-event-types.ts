import { resolve } from '../api/description.ts'
import type { Description } from '../api/description.ts'

/** What can be told, and what it looks like. */
export interface EventType {
  type: string
  /** When it happens. */
  summary: string
  example: unknown
  /** JSON Schema, which needs no other. */
  schema: unknown
}

/** The types of events, in the order of the description. */
export function listEventTypes(description: Description): EventType[] {
  return Object.entries(description.webhooks).map(([type, { post }]) => {
    const { schema, example } = post.requestBody.content['application/json'] ?? {}
    // The other is a batch of such events.
    const single = schema?.oneOf?.[0]
    return { type, summary: post.summary, example, schema: inline(single, description) }
  })
}

/** The schema with what it refers to in place of the references. None refers to itself. */
function inline(schema: unknown, description: Description): unknown {
  if (schema === null || typeof schema !== 'object') return schema
  if (Array.isArray(schema)) return schema.map((each) => inline(each, description))
  const { $ref, ...own } = schema as { $ref?: string }
  const whole = $ref === undefined ? own : { ...resolve(description, { $ref }), ...own }
  return Object.fromEntries(
    Object.entries(whole).map(([name, value]) => [name, inline(value, description)]),
  )
}
