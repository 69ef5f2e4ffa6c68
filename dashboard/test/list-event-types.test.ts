import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Description } from '../src/api/description.ts'
import { listEventTypes } from '../src/events/list-event-types.ts'

const openApi = readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8')

test('each type of events has an example, and a schema that stands alone', () => {
  const description = JSON.parse(openApi) as Description
  const types = listEventTypes(description)
  expect(types.map(({ type }) => type)).toEqual(Object.keys(description.webhooks))
  for (const { type, summary, example, schema } of types) {
    expect(summary, type).not.toBe('')
    expect(example, type).toMatchObject({ event_type: type })
    const text = JSON.stringify(schema)
    expect(text, type).toContain('"event_type"')
    expect(text, type).not.toContain('$ref')
  }
})
