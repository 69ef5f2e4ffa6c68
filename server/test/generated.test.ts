import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { generateOpenApi, generateSchema } from '../src/generated.ts'

const committed = (name: string): string =>
  readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')

// Compared as a whole and not as a difference: what to do is the same, however much it is.
test('openapi.json is what the routes say', async () => {
  const isCurrent = committed('openapi.json') === (await generateOpenApi())
  expect(isCurrent, 'openapi.json is old: npm run generate').toBe(true)
})

test('schema.sql is what the migrations make', async () => {
  const isCurrent = committed('schema.sql') === (await generateSchema())
  expect(isCurrent, 'schema.sql is old: npm run generate').toBe(true)
})
