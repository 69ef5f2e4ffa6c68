import { readFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'
import { expect, test } from 'vitest'
import { generateApi, generateSchema } from '../src/generated.ts'

const committed = (name: string): string =>
  readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')

// Compared as a whole and not as a difference: what to do is the same, however much it is.
test('openapi.json and docs/routes.md are what the routes say', async () => {
  const { openApi, routes } = await generateApi()
  const isCurrent = committed('openapi.json') === openApi
  expect(isCurrent, 'openapi.json is old: npm run generate').toBe(true)
  expect(committed('docs/routes.md'), 'docs/routes.md is old: npm run generate').toBe(routes)
})

test('schema.sql is what the migrations make', async () => {
  const isCurrent = committed('schema.sql') === (await generateSchema())
  expect(isCurrent, 'schema.sql is old: npm run generate').toBe(true)
})

test('the types that the client is compared with are those of openapi.json', async () => {
  const file = new URL('../../openapi.json', import.meta.url)
  const types = astToString(await openapiTS(file, { defaultNonNullable: false }))
  const isCurrent = committed('server/test/openapi/api-types.d.ts').endsWith(types)
  expect(isCurrent, 'api-types.d.ts is old: npm run generate').toBe(true)
})
