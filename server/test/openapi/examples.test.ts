import { readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import type { Examples } from '../../src/openapi/add-examples.ts'
import type { Json } from '../../src/openapi/document.ts'
import { layOut } from '../../src/openapi/lay-out.ts'
import {
  answerValidator,
  listFaults,
  readDescribed,
  requestValidator,
} from '../support/described-schemas.ts'
import { recordExamples } from './record-examples.ts'

// Some eighty calls one after another, also where other tests run beside.
const LONGEST_MS = 180_000
const JSON_TYPE = 'application/json'
const FILE = new URL('../../src/openapi/examples.json', import.meta.url)

const operations = Object.entries(readDescribed().paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
)

let recorded: Examples
let committed: string

beforeAll(async () => {
  recorded = await recordExamples()
  if (process.env['UPDATE_EXAMPLES'] !== undefined) writeFileSync(FILE, asText(recorded))
  committed = readFileSync(FILE, 'utf8')
}, LONGEST_MS)

const asText = (examples: Examples): string => `${layOut(examples)}\n`

test('every operation that answers JSON has an example', () => {
  const answering = operations.filter(({ responses }) => responses['200']?.content?.[JSON_TYPE])
  expect(Object.keys(recorded).toSorted()).toEqual(
    answering.map(({ operationId }) => operationId).toSorted(),
  )
})

test('what is committed is what a network answers today', () => {
  expect(JSON.parse(committed)).toEqual(recorded)
  expect(committed, 'laid out by UPDATE_EXAMPLES=1').toBe(asText(recorded))
})

test('each is as openapi.json describes it, and holds nothing else', () => {
  const faults = operations.flatMap(({ path, method, operationId }) => {
    const { request, answer } = recorded[operationId] ?? {}
    return [
      ...(answer === undefined ? [] : findFaults(answerValidator(method, path, 200), answer)),
      ...(request === undefined ? [] : findFaults(requestValidator(method, path), request)),
    ].map((fault) => `${operationId}: ${fault}`)
  })
  expect(faults).toEqual([])
})

function findFaults(validate: ReturnType<typeof answerValidator>, example: Json): string[] {
  if (typeof validate === 'string') return [validate]
  return validate(example) ? [] : listFaults(validate)
}

test('nothing in them is secret, or random', () => {
  expect(committed).not.toMatch(/127\.0\.0\.1|localhost/)
  expect(committed.match(/[a-z]+-(?!0{8})[0-9a-f]{16}\b/g) ?? []).toEqual([])
  const placeholders = committed.match(/(sk-|whsec_|quote-|cursor=|\/r\/)[^"&]*/g)
  expect([...new Set(placeholders)].toSorted()).toEqual([
    '/r/link-token',
    'cursor=next-page',
    'quote-from-an-offer',
    'sk-your-api-key',
    'whsec_dGhpcyBpcyBub3QgYSBzZWNyZXQgb2YgYW55Ym9keSE=',
  ])
})
