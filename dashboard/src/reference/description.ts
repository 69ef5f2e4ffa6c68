import { quote } from '../parts/curl.ts'

/** What is read of openapi.json here: as much of OpenAPI 3.1 as it uses. */
export interface Schema {
  $ref?: string
  title?: string
  type?: string | string[]
  format?: string
  description?: string
  enum?: unknown[]
  default?: unknown
  minimum?: number
  maximum?: number
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
}

export interface Parameter {
  $ref?: string
  name: string
  in: 'path' | 'query' | 'header' | 'cookie'
  required?: boolean
  description?: string
  schema?: Schema
}

interface Content {
  schema?: Schema
  example?: unknown
}

interface DescribedAnswer {
  $ref?: string
  description?: string
  content?: Record<string, Content>
}

interface DescribedOperation {
  operationId: string
  summary?: string
  description?: string
  tags?: string[]
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Record<string, Content> }
  responses: Record<string, DescribedAnswer>
  security?: Record<string, string[]>[]
}

export interface Description {
  tags: { name: string; description?: string }[]
  paths: Record<string, Record<string, DescribedOperation>>
  components: Record<string, Record<string, unknown>>
}

export interface Operation extends DescribedOperation {
  method: string
  path: string
}

export interface Group {
  name: string
  description: string | undefined
  operations: Operation[]
}

/** The description that this build was made with: it needs no network, and loads with this page alone. */
export async function fetchDescription(): Promise<Description> {
  const { default: text } = await import('../../../openapi.json?raw')
  return JSON.parse(text) as Description
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

/** What a `$ref` stands for. Throws nothing: what is not there is empty. */
export function resolve<T extends { $ref?: string }>(description: Description, value: T): T {
  const [, section = '', name = ''] = /^#\/components\/(\w+)\/(.+)$/.exec(value.$ref ?? '') ?? []
  const found = description.components[section]?.[name]
  return (found as T | undefined) ?? value
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

/** The call of an operation by curl, with its example; path parameters stay in braces. */
export function toCurl({ method, path, requestBody }: Operation, server: string): string {
  const lines = [`curl ${quote(server + path)}`, `  --user "$NEWCOMER_API_KEY:"`]
  if (method !== 'get') lines.push(`  --request ${method.toUpperCase()}`)
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? []
  if (type !== undefined && content?.example !== undefined) {
    lines.push(`  --header ${quote(`Content-Type: ${type}`)}`)
    lines.push(`  --data ${quote(JSON.stringify(content.example))}`)
  }
  return lines.join(' \\\n')
}
