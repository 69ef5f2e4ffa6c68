import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseStrictJson } from '../../src/http/json/strict-json.ts'
import { Problem } from '../../src/kernel/problem.ts'

const parse = (text: string): unknown => parseStrictJson(Buffer.from(text))

function refusalOf(body: string | Buffer): Problem {
  try {
    parseStrictJson(Buffer.from(body))
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('the body was not refused')
}

const key = fc
  .string({ unit: 'grapheme' })
  .filter((name) => !['__proto__', 'constructor', 'prototype'].includes(name))
  .filter((name) => name.isWellFormed() && !name.includes('\0'))
const text = fc.string({ unit: 'grapheme' }).filter((each) => !each.includes('\0'))
const number = fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, min: -1e15, max: 1e15 }))
const { document } = fc.letrec((tie) => ({
  document: fc.oneof(
    { maxDepth: 10 },
    fc.oneof(text, number, fc.boolean(), fc.constant(null)),
    fc.array(tie('document'), { maxLength: 5 }),
    fc.dictionary(key, tie('document'), { maxKeys: 5 }),
  ),
}))

describe('a body that holds nothing forbidden', () => {
  test('is what JSON.parse says, however it is laid out', () => {
    const layout = fc.constantFrom(undefined, 1, '\t')
    fc.assert(
      fc.property(document, layout, fc.boolean(), (value, indent, isEscaped) => {
        const plain = JSON.stringify(value, null, indent)
        const written = isEscaped ? plain.replace(/[^\x20-\x7e\s]/g, escapeCharacter) : plain
        expect(parse(written)).toEqual(JSON.parse(written))
      }),
      { numRuns: 500 },
    )
  })

  test('may begin with a byte order mark', () => {
    expect(parse('\uFEFF{"a":1}')).toEqual({ a: 1 })
  })

  test('is undefined when there is none', () => {
    expect(parse('')).toBeUndefined()
  })
})

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

describe('a name given twice', () => {
  test('is found wherever it is, and named', () => {
    const name = key.filter((each) => each !== 'x')
    const twice = fc.record({ name, first: document, second: document, around: document })
    fc.assert(
      fc.property(twice, ({ name, first, second, around }) => {
        const [once, again] = [JSON.stringify(first), JSON.stringify(second)]
        const inner = `{"x":${once},${JSON.stringify(name)}:${once}, ${JSON.stringify(name)} :${again}}`
        const body = `{"before":${JSON.stringify(around)},"rows":[${once},${inner}]}`
        expect(refusalOf(body).message).toMatch(/ is given twice$/)
      }),
    )
  })

  test.each([
    ['{"a":{"b":1,"b":2}}', 'a.b'],
    ['{"a":1,"\\u0061":2}', 'a'],
    ['{"a":[{"x":":"},{"y":"{","y":1}]}', 'a[1].y'],
    ['{"line_items":[{"a":[1,2]},{"total":1 ,"total":1}]}', 'line_items[1].total'],
  ])('%s', (body, field) => {
    expect(refusalOf(body)).toMatchObject({ status: 400, details: { field } })
  })
})

describe('refused, naming the field and nothing else of the body', () => {
  test.each([
    ['{"a":[1,{"b":"\\u0000secret"}]}', 'a[1].b'],
    ['{"a":"\\ud800secret"}', 'a'],
    ['{"a":{"__proto__":"secret"}}', 'a.__proto__'],
    ['{"constructor":"secret"}', 'constructor'],
    ['{"a":[{"prototype":1}]}', 'a[0].prototype'],
    ['{"total":1e400}', 'total'],
    ['{"total":9007199254740993}', 'total'],
    ['{"total":-9007199254740992}', 'total'],
    [`{"${'é'.repeat(500)}":1e400}`, `${'?'.repeat(64)}…`],
  ])('%s', (body, field) => {
    const refusal = refusalOf(body)
    expect(refusal).toMatchObject({ status: 400, type: 'InvalidField', details: { field } })
    expect(refusal.message).not.toMatch(/secret|9007199254740993/)
  })
})

describe('not JSON at all', () => {
  test.each(['{', 'secret', '{"a":secret}', "{'a':1}", '[1,]', '{"a":1}secret', '\0', '{"a":\n}'])(
    '%j',
    (body) => {
      const refusal = refusalOf(body)
      expect(refusal).toMatchObject({ status: 400, type: 'InvalidJson' })
      expect(refusal.message).not.toContain('secret')
    },
  )

  test('bytes that are not UTF-8', () => {
    expect(refusalOf(Buffer.from([0x22, 0xc3, 0x28, 0x22])).message).toMatch(/UTF-8/)
  })

  test('an object in 16 others is too deep, one in 15 is not', () => {
    expect(parse(`${'['.repeat(16)}${']'.repeat(16)}`)).toBeInstanceOf(Array)
    expect(refusalOf(`${'['.repeat(17)}${']'.repeat(17)}`).message).toMatch(/deeper than 16/)
    expect(refusalOf('['.repeat(4_000_000)).message).toMatch(/deeper than 16/)
  })

  test('whatever the bytes, the answer is a value or a Problem', () => {
    const fragment = fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', '\\u', '1', 'e9', ' ')
    const soup = fc.array(fc.oneof(fragment, fc.string()), { maxLength: 30 })
    fc.assert(
      fc.property(soup, (parts) => {
        const body = parts.join('')
        let expected: unknown
        try {
          expected = body === '' ? undefined : JSON.parse(body)
        } catch {
          expect(refusalOf(body)).toBeInstanceOf(Problem)
          return
        }
        try {
          expect(parse(body)).toEqual(expected)
        } catch (error) {
          expect(error).toBeInstanceOf(Problem)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
