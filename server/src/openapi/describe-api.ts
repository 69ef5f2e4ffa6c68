import { errorComponents } from './errors.ts'
import { describeOperations } from './describe-operations.ts'
import { addExamples } from './add-examples.ts'
import type { Examples } from './add-examples.ts'
import { describeWebhooks } from './describe-webhooks.ts'
import { BatchEvent, ErrorAnswer, SINGLE_EVENT, singleEvents } from './event-schema.ts'
import { headers, parameters } from './headers.ts'
import { nameParameters } from './name-parameters.ts'
import { createNaming } from './name-schema.ts'
import type { Json, OpenApi } from './document.ts'

/** Schemas are JSON, which their types do not say. */
const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json

/** The whole description, from what the schemas of the routes give and what was recorded of calls. */
export function describeApi(generated: OpenApi, examples: Examples): OpenApi {
  const schemas: Record<string, Json> = {}
  const name = createNaming(schemas, new Set([SINGLE_EVENT]))
  schemas[SINGLE_EVENT] = {
    description: 'Told apart by `event_type`. Newer servers may send others: acknowledge them.',
    oneOf: name(asJson(singleEvents)),
  }
  name(asJson([BatchEvent, ErrorAnswer]))
  const document = structuredClone(generated)
  // Before they are named: what a body requires can be seen in its schema then.
  describeOperations(document)
  const paths = name(asJson(document.paths)) as unknown as OpenApi['paths']
  const shared = nameParameters(paths)
  const webhooks = name(describeWebhooks()) as unknown as OpenApi['webhooks']
  const { securitySchemes = {} } = document.components
  const described: OpenApi = {
    openapi: document.openapi,
    info: document.info,
    servers: document.servers,
    tags: document.tags,
    paths,
    webhooks,
    components: {
      securitySchemes,
      parameters: { ...parameters, ...shared },
      headers,
      responses: errorComponents() as unknown as Record<string, Json>,
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  }
  addExamples(described, examples)
  return described
}
