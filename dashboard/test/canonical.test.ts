import { expect, test } from 'vitest'
import { toCanonicalJson } from '../src/parts/canonical.ts'

test('what is equal has one text, however it was put together', () => {
  const one = { b: [{ d: null, c: 'é"' }, 2], a: -1, B: true, gone: undefined }
  const other = { a: -1, B: true, b: [{ c: 'é"', d: null }, 2] }
  expect(toCanonicalJson(one)).toBe('{"B":true,"a":-1,"b":[{"c":"é\\"","d":null},2]}')
  expect(toCanonicalJson(other)).toBe(toCanonicalJson(one))
  expect(toCanonicalJson({ ...other, b: other.b.toReversed() })).not.toBe(toCanonicalJson(one))
})
