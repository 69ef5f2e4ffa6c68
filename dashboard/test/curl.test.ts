import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { writeCurl } from '../src/parts/curl.ts'

const ORIGIN = 'https://newcomer.example'

/** What a shell hands over to a program called curl. */
function argumentsOf(command: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}`
  const env = { NEWCOMER_API_KEY: 'sk-key', NEWCOMER_OPERATOR_KEY: 'op-key' }
  const out = execFileSync('/bin/sh', ['-c', script], { env, encoding: 'utf8' })
  return out.split('\0').slice(0, -1)
}

test('a call is made with the key of the environment', () => {
  const path = '/v1/webhooks?page_size=500'
  expect(argumentsOf(writeCurl({ method: 'GET', path }, ORIGIN))).toEqual([
    ...['-u', 'sk-key:', ORIGIN + path],
  ])
})

test("what the operator calls, with the operator's", () => {
  const command = writeCurl({ method: 'DELETE', path: '/operator/v1/people/person-1' }, ORIGIN)
  expect(argumentsOf(command)).toEqual([
    ...['-u', 'op-key:', `${ORIGIN}/operator/v1/people/person-1`, '-X', 'DELETE'],
  ])
})

test('a piece of a file is named, and is not in the command', () => {
  const path = '/v1/imports/import-1/file?offset=0'
  const command = writeCurl({ method: 'PUT', path, isFile: true }, ORIGIN)
  expect(argumentsOf(command).slice(3)).toEqual([
    ...['-X', 'PUT', '-H', 'Content-Type: text/csv', '--data-binary', '@customers.csv'],
  ])
})

test('whatever is in a body or an id stays one word of a shell', () => {
  // A zero byte ends a word, and can be in none.
  const text = fc.string({ unit: 'binary' }).filter((each) => !each.includes('\0'))
  fc.assert(
    fc.property(fc.oneof(text, fc.constantFrom("'", `$(id)'"\``, "'; rm -rf x; '")), (name) => {
      const call = { method: 'POST', path: "/v1/customers/it's", body: JSON.stringify({ name }) }
      const found = argumentsOf(writeCurl(call, ORIGIN))
      expect(found).toEqual([
        ...['-u', 'sk-key:', ORIGIN + call.path, '-X', 'POST'],
        ...['-H', 'Content-Type: application/json', '-d', call.body],
      ])
    }),
    { numRuns: 10 },
  )
})
