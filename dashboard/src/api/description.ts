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

export interface DescribedOperation {
  operationId: string
  summary?: string
  description?: string
  tags?: string[]
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Record<string, Content> }
  responses: Record<string, DescribedAnswer>
  security?: Record<string, string[]>[]
}

export interface DescribedEvent {
  summary: string
  requestBody: { content: Record<string, Content> }
}

export interface Description {
  tags: { name: string; description?: string }[]
  paths: Record<string, Record<string, DescribedOperation>>
  /** What is sent to subscribers, by the type of the event. */
  webhooks: Record<string, { post: DescribedEvent }>
  components: Record<string, Record<string, unknown>>
}

/** The description that this build was made with: it needs no network, and loads with the pages that show it. */
export async function fetchDescription(): Promise<Description> {
  const { default: text } = await import('../../../openapi.json?raw')
  return JSON.parse(text) as Description
}

/** What a `$ref` stands for. Throws nothing: what is not there is empty. */
export function resolve<T extends { $ref?: string }>(description: Description, value: T): T {
  const [, section = '', name = ''] = /^#\/components\/(\w+)\/(.+)$/.exec(value.$ref ?? '') ?? []
  const found = description.components[section]?.[name]
  return (found as T | undefined) ?? value
}
