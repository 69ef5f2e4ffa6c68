import { readFileSync, statSync } from 'node:fs'
import { createConfig, lint } from '@redocly/openapi-core'
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'

const file = new URL('../../../openapi.json', import.meta.url)

const read = () => JSON.parse(readFileSync(file, 'utf8'))

test("is valid by OpenAPI's own schema", async () => {
  const { valid, errors } = await new Validator().validate(read())
  expect(errors ?? []).toEqual([])
  expect(valid).toBe(true)
})

test('has nothing that a linter would remark upon', async () => {
  const config = await createConfig({
    extends: ['recommended'],
    rules: {
      // Fixed parts of a path come before parameters, and published clients call both paths.
      'no-ambiguous-paths': 'off',
      // What has a tag that is not declared is in no chapter of the reference.
      'operation-tag-defined': 'error',
      // Whatever watches over the server is refused nothing.
      'operation-4xx-response': 'off',
      // It forbids in each part of an event what the other parts describe; examples.test.ts is as strict, by ajv.
      'no-invalid-media-type-examples': { severity: 'error', allowAdditionalProperties: true },
    },
  })
  const problems = await lint({ ref: file.pathname, config })
  expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([])
})

test('what is wrong is found', async () => {
  const broken = read()
  delete broken.info.title
  const { valid } = await new Validator().validate(broken)
  expect(valid).toBe(false)
})

test('names what it repeats, and stays small', () => {
  // As small an operation as when there were 71, however many there come to be.
  const operations = Object.values(read().paths as Record<string, object>).flatMap(Object.keys)
  expect(statSync(file).size).toBeLessThan(operations.length * 4 * 1024)
})
