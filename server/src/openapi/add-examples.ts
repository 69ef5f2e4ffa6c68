import { sampleEvent } from './describe-webhooks.ts'
import type { Answer, Content, Json, OpenApi } from './document.ts'
import { SUBSCRIBABLE_TYPES } from '../events/event.ts'

/** What a call and its answer look like, by operation; recorded from a network by a test. */
export type Examples = Record<string, { request?: Json; answer?: Json }>

/** Shows of each operation a call and its answer, and of each webhook what is sent. */
export function addExamples({ paths, webhooks }: OpenApi, examples: Examples): void {
  const operations = Object.values(paths).flatMap((path) => Object.values(path))
  for (const { operationId, requestBody, responses } of operations) {
    const { request, answer } = examples[operationId] ?? {}
    show(requestBody, request)
    show(responses['200'] as Answer, answer)
  }
  for (const type of SUBSCRIBABLE_TYPES) {
    const { requestBody } = webhooks[type]?.post as { requestBody: { content: Contents } }
    show(requestBody, sampleEvent(type))
  }
}

type Contents = Record<string, Content>

function show(shown: { content?: Contents } | undefined, example: Json | undefined): void {
  const [content] = Object.values(shown?.content ?? {})
  if (content && example !== undefined) content.example = example
}
