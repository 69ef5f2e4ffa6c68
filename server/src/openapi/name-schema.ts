import { isDeepStrictEqual } from 'node:util'
import { DESCRIBED_FORMAT } from '../http/schema.ts'
import { refTo } from './document.ts'
import type { Json, JsonObject } from './document.ts'

/**
 * Takes every schema with a title out of where it stands, into the components, and leaves a `$ref` there.
 * Throws when two that differ carry the same title: one of them would be described as the other. What is
 * `given` from the start is described better there than where it stands.
 */
export function createNaming(
  schemas: Record<string, Json>,
  given: ReadonlySet<string> = new Set(),
): (value: Json) => Json {
  const name = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(name)
    if (value === null || typeof value !== 'object') return value
    const { title, [DESCRIBED_FORMAT]: format, ...rest } = value
    const members: JsonObject = Object.fromEntries(
      Object.entries(rest).map(([key, member]) => [key, name(member ?? null)]),
    )
    const schema = format === undefined ? members : { ...members, format }
    if (title === undefined) return schema
    // A property may be called `title` as well; then it is a schema and not a name.
    if (typeof title !== 'string') return { title: name(title), ...schema }
    const known = schemas[title]
    if (known !== undefined && !given.has(title) && !isDeepStrictEqual(known, schema)) {
      throw new Error(`two schemas that differ are both called ${title}`)
    }
    schemas[title] ??= schema
    return { ...refTo('schemas', title) }
  }
  return name
}
