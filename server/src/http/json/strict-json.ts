import { isUtf8 } from 'node:buffer'
import { Problem, invalidField } from '../../kernel/problem.ts'
import { endOfString, findDuplicate } from './find-duplicate.ts'
import { fieldPath } from './field-path.ts'

/** How deep objects and arrays may lie in one another; the deepest body of this API needs 5. */
export const MAX_DEPTH = 16

const QUOTE = 0x22
const COLON = 0x3a
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const BYTE_ORDER_MARK = 0xfeff

// Assigned to the wrong object, these change more than that object.
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * The JSON in a body; undefined when it is empty. Refuses what JSON.parse lets pass and what would
 * mean different things to different readers: broken UTF-8, a key given twice, numbers that lose
 * digits, and what PostgreSQL can't store (NUL, lone surrogates). Problems name the field; nothing
 * of the body is echoed but the names of its properties.
 */
export function parseStrictJson(body: Buffer): unknown {
  if (body.length === 0) return undefined
  if (!isUtf8(body)) throw invalidJson('The body is not valid UTF-8.')
  const decoded = body.toString('utf8')
  const text = decoded.charCodeAt(0) === BYTE_ORDER_MARK ? decoded.slice(1) : decoded
  const members = countMembers(text)
  const value = parse(text)
  // Only an escape can bring these into a string: raw, they are not JSON or not UTF-8.
  const walk = new Walk(text.includes('\\'))
  walk.check(value)
  if (walk.members !== members) {
    const path = findDuplicate(text)
    throw invalidField(fieldPath(path), `${fieldPath(path)} is given twice`)
  }
  return value
}

/** Counts the members of all objects, and refuses a text that lies too deep before it is built. */
function countMembers(text: string): number {
  let members = 0
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === COLON) members++
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++depth > MAX_DEPTH) throw invalidJson(`The body is nested deeper than ${MAX_DEPTH}.`)
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--
  }
  return members
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    // The engine's message quotes the body; its position is all that may be passed on.
    const position =
      error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined
    throw invalidJson(
      position === undefined
        ? 'The body is not valid JSON.'
        : `The body is not valid JSON at character ${position}.`,
    )
  }
}

/** One pass over the parsed value. The steps to where it stands are kept for the problem's field. */
class Walk {
  members = 0
  readonly #steps: (string | number)[] = []
  readonly #hasEscapes: boolean

  constructor(hasEscapes: boolean) {
    this.#hasEscapes = hasEscapes
  }

  check(value: unknown): void {
    if (typeof value === 'string') this.#checkText(value)
    else if (typeof value === 'number') this.#checkNumber(value)
    else if (Array.isArray(value)) this.#checkArray(value)
    else if (typeof value === 'object' && value !== null) this.#checkObject(value)
  }

  #checkArray(array: unknown[]): void {
    for (let index = 0; index < array.length; index++) {
      this.#steps.push(index)
      this.check(array[index])
      this.#steps.pop()
    }
  }

  #checkObject(object: object): void {
    for (const [key, value] of Object.entries(object)) {
      this.members++
      this.#steps.push(key)
      if (FORBIDDEN_KEYS.has(key)) this.#refuse('is not a name that a field may have')
      this.#checkText(key)
      this.check(value)
      this.#steps.pop()
    }
  }

  #checkText(text: string): void {
    if (!this.#hasEscapes) return
    if (text.includes('\0')) this.#refuse('contains a NUL character')
    if (!text.isWellFormed()) this.#refuse('contains half of a surrogate pair')
  }

  #checkNumber(number: number): void {
    if (Math.abs(number) <= Number.MAX_SAFE_INTEGER) return
    this.#refuse('is a number beyond 2^53, which can not be read without losing digits')
  }

  #refuse(why: string): never {
    const field = fieldPath(this.#steps)
    throw invalidField(field, `${field} ${why}`)
  }
}

function invalidJson(message: string): Problem {
  return new Problem(400, 'InvalidJson', message)
}
