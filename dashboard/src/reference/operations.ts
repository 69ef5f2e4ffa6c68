import type { MadeCall } from '../api/made-calls.ts'
import type { Description, DescribedOperation, Schema } from '../api/description.ts'

export interface Operation extends DescribedOperation {
  method: string
  path: string
}

export interface Group {
  name: string
  description: string | undefined
  operations: Operation[]
}

/** The operations that an API key may call, by their tags, in the order of the description. */
export function listGroups({ tags, paths }: Description): Group[] {
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
  )
  const keyed = all.filter(({ security }) => security?.some((each) => 'key' in each) === true)
  return tags
    .map(({ name, description }) => ({
      name,
      description,
      operations: keyed.filter((operation) => operation.tags?.includes(name) === true),
    }))
    .filter(({ operations }) => operations.length > 0)
}

/** The operations whose name, path or words have all of these words. */
export function narrow(groups: Group[], words: string): Group[] {
  const sought = words.toLowerCase().split(/\s+/).filter(Boolean)
  const isSought = ({ operationId, method, path, summary = '' }: Operation): boolean => {
    const text = `${operationId} ${method} ${path} ${summary}`.toLowerCase()
    return sought.every((word) => text.includes(word))
  }
  return groups
    .map((group) => ({ ...group, operations: group.operations.filter(isSought) }))
    .filter(({ operations }) => operations.length > 0)
}

/** The name of a component that is referred to. */
export function nameOf({ $ref, title }: Schema): string | undefined {
  return $ref?.split('/').at(-1) ?? title
}

/** "string or null", "EndpointPause", "array of Attempt". */
export function sayType(schema: Schema): string {
  const { type, items, enum: words, format } = schema
  const named = nameOf(schema)
  if (named !== undefined) return named
  const all = schema.anyOf ?? schema.oneOf ?? schema.allOf
  if (all) return all.map(sayType).join(schema.allOf ? ' and ' : ' or ')
  if (words) return words.map((word) => JSON.stringify(word)).join(', ')
  const types = (Array.isArray(type) ? type : [type ?? 'anything']).map((each) =>
    each === 'array' && items ? `array of ${sayType(items)}` : each,
  )
  return `${types.join(' or ')}${format === undefined ? '' : ` (${format})`}`
}

/** The call of an operation with its example; path parameters stay in braces. */
export function toCall({ method, path, requestBody }: Operation): MadeCall {
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? []
  const isFile = type !== undefined && type !== 'application/json'
  const hasBody = !isFile && content?.example !== undefined
  const body = hasBody ? JSON.stringify(content.example) : undefined
  return { method: method.toUpperCase(), path, body, isFile }
}
