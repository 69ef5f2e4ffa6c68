import type { Examples } from '../../src/openapi/add-examples.ts'
import type { Json } from '../../src/openapi/document.ts'
import type { Answer, Call } from '../support/network.ts'
import { readDescribed } from '../support/described-schemas.ts'

/** What of an operation's call differs from one to the next. */
export interface Sent {
  /** By the names in braces in the path. */
  path?: Record<string, string>
  query?: Record<string, string>
  body?: Json
  /** A body in CSV, which is no part of the example. */
  file?: string
}

/**
 * Makes an operation's call with a key, or by the browser of a person, keeps it as the operation's example and
 * answers its body.
 */
export type RecordCall = (
  operationId: string,
  by: string | undefined | Call,
  sent?: Sent,
) => Promise<Answer['body']>

export interface Recorder {
  record: RecordCall
  /** In the order in which they were recorded. */
  examples: Examples
}

/** Records calls of the server at this address. Each operation is recorded once; errors are no examples. */
export function createRecorder(server: string): Recorder {
  const examples: Examples = {}
  const places = operationPlaces()
  async function record(operationId: string, by: string | undefined | Call, sent: Sent = {}) {
    const place = places.get(operationId)
    if (!place) throw new Error(`openapi.json has no ${operationId}`)
    if (examples[operationId]) throw new Error(`${operationId} is recorded already`)
    const path = pathOf(place.path, sent)
    const answer =
      typeof by === 'function'
        ? await sendAs(by, path, place.method, sent)
        : await send(server + path, place.method, by, sent)
    examples[operationId] = { ...(sent.body !== undefined && { request: sent.body }), answer }
    return answer
  }
  return { record, examples }
}

async function sendAs(by: Call, path: string, method: string, { body }: Sent) {
  const answer = await by(method, path, body)
  if (answer.status !== 200) {
    throw new Error(`${method} ${path} answered ${JSON.stringify(answer.body)}`)
  }
  return answer.body
}

async function send(
  url: string,
  method: string,
  key: string | undefined,
  { body, file }: Sent,
): Promise<Answer['body']> {
  const type = file === undefined ? 'application/json' : 'text/csv'
  const payload = file ?? (body === undefined ? undefined : JSON.stringify(body))
  const response = await fetch(url, {
    method,
    headers: {
      ...(key !== undefined && { authorization: `Basic ${btoa(`${key}:`)}` }),
      ...(payload !== undefined && { 'content-type': type }),
    },
    ...(payload !== undefined && { body: payload }),
  })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${method} ${url} answered ${text}`)
  return JSON.parse(text)
}

function pathOf(template: string, { path = {}, query = {} }: Sent): string {
  const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = path[name]
    if (value === undefined) throw new Error(`${template} needs ${name}`)
    return encodeURIComponent(value)
  })
  const search = new URLSearchParams(query).toString()
  return search === '' ? filled : `${filled}?${search}`
}

function operationPlaces(): Map<string, { path: string; method: string }> {
  const places = new Map<string, { path: string; method: string }>()
  for (const [path, operations] of Object.entries(readDescribed().paths)) {
    for (const [method, { operationId }] of Object.entries(operations)) {
      places.set(operationId, { path, method: method.toUpperCase() })
    }
  }
  return places
}
