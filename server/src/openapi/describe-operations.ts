import { errorResponses, errorsOf } from './errors.ts'
import { answerHeaders } from './headers.ts'
import { refTo } from './document.ts'
import type { Answer, Content, OpenApi, Operation, Reference } from './document.ts'

/** Completes what the routes' schemas give: errors, headers and bodies. */
export function describeOperations({ paths }: Pick<OpenApi, 'paths'>): void {
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      operation.security ??= []
      describeParameters(path, operation)
      describeRequest(operation)
      operation.responses = {
        '200': describeAnswer(operation),
        ...errorResponses(errorsOf(path, method, operation)),
      }
      const { only } = operation['x-route'] ?? {}
      if (only) operation.description = [`For ${only}s.`, operation.description].join(' ').trim()
      delete operation['x-route']
    }
  }
}

function describeParameters(path: string, operation: Operation): void {
  const { isStreamed } = operation['x-route'] ?? {}
  const shared: Reference[] = []
  if (path.startsWith('/v1/')) shared.push(refTo('parameters', 'ApiVersion'))
  if (isStreamed) shared.push(refTo('parameters', 'ContentEncoding'))
  if (operation.operationId === 'createImport') shared.push(refTo('parameters', 'IdempotencyKey'))
  if (shared.length === 0) return
  operation.parameters = [...(operation.parameters ?? []), ...shared] as NonNullable<
    Operation['parameters']
  >
}

// A file is bytes in 3.1 where nothing is said of its schema; the media type says the rest.
const FILE_TYPES = ['text/csv', 'application/gzip', 'application/zstd']

function describeRequest(operation: Operation): void {
  const { isStreamed, hasEmptyBody } = operation['x-route'] ?? {}
  if (isStreamed) {
    const content = FILE_TYPES.map((type): [string, Content] => [type, { schema: {} }])
    operation.requestBody = { required: false, content: Object.fromEntries(content) }
  }
  if (hasEmptyBody) delete operation.requestBody
  const content = operation.requestBody?.content['application/json']
  if (operation.requestBody && content)
    operation.requestBody.required = Array.isArray(content.schema['required'])
}

function describeAnswer(operation: Operation): Answer {
  const { answers } = operation['x-route'] ?? {}
  const answer = operation.responses['200'] as Answer | undefined
  const content = answers ? { [answers]: { schema: { type: 'string' } } } : { ...answer?.content }
  const described = answer?.description ?? ''
  const description = described === '' || described === 'Default Response' ? 'Done.' : described
  return { description, headers: answerHeaders(), content }
}
