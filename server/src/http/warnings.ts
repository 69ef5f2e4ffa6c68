import { Type } from 'typebox'
import type { Static, TSchema } from 'typebox'
import { fieldPath } from './json/field-path.ts'

export const Warning = Type.Object(
  { type: Type.String(), message: Type.String(), field: Type.Optional(Type.String()) },
  { title: 'Warning' },
)

export type Warning = Static<typeof Warning>

type Steps = readonly (string | number)[]

/** Nobody reads more, and an answer stays small whatever was sent. */
export const MAX_WARNINGS = 20
// Beyond it nothing is looked at any more: a body of megabytes may consist of nothing else.
const MAX_UNKNOWN = 1_000

interface Counted {
  warning: Warning
  count: number
}

/**
 * What was accepted but not as it was sent, for `meta.warnings`. What is the same in several rows or lines
 * is told once, of the first, with how many more there are.
 */
export class Warnings {
  readonly #kinds = new Map<string, Counted>()
  #unknown = 0
  #isCut = false

  add(warning: Warning): this {
    // Which row or line it is makes no other kind of it.
    const kind = `${warning.type} ${warning.field?.replaceAll(/\[\d+\]/g, '[]') ?? ''}`
    const known = this.#kinds.get(kind)
    if (known) known.count++
    else if (this.#kinds.size < MAX_WARNINGS) this.#kinds.set(kind, { warning, count: 1 })
    else this.#isCut = true
    return this
  }

  addAll(warnings: readonly Warning[]): this {
    for (const warning of warnings) this.add(warning)
    return this
  }

  /** Names the members of a body that its schema leaves open and does not name; never their values. */
  addUnknown(schema: TSchema, body: unknown, at: Steps = []): this {
    this.#visit(compile(schema), body, [...at])
    return this
  }

  list(): Warning[] {
    const told = [...this.#kinds.values()].map(({ warning, count }) =>
      count === 1
        ? warning
        : { ...warning, message: `${warning.message} So it is with ${count - 1} more like it.` },
    )
    if (!this.#isCut) return told
    return [...told, { type: 'MoreWarnings', message: 'There is more that is not told here.' }]
  }

  #visit(form: Form | undefined, value: unknown, steps: (string | number)[]): void {
    if (!form || typeof value !== 'object' || value === null) return
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) this.#step(form.items, item, steps, index)
      return
    }
    for (const [name, member] of Object.entries(value)) {
      if (form.members.has(name)) this.#step(form.members.get(name), member, steps, name)
      else if (form.isOpen && !form.ignored.test(name)) this.#addUnknownMember([...steps, name])
    }
  }

  #step(form: Form | undefined, value: unknown, steps: (string | number)[], step: string | number) {
    if (!form) return
    steps.push(step)
    this.#visit(form, value, steps)
    steps.pop()
  }

  #addUnknownMember(steps: Steps): void {
    this.#unknown++
    if (this.#unknown > MAX_UNKNOWN) {
      this.#isCut = true
      return
    }
    const field = fieldPath(steps)
    this.add({
      type: 'UnknownMember',
      message: `${field} is not known here and was ignored.`,
      field,
    })
  }
}

/** What of a schema tells known members from others. */
interface Form {
  members: ReadonlyMap<string, Form | undefined>
  /** Whether others are taken. */
  isOpen: boolean
  /** Of those others, which nobody is warned of. */
  ignored: RegExp
  items: Form | undefined
}

interface AnySchema {
  properties?: Record<string, AnySchema>
  patternProperties?: Record<string, AnySchema>
  additionalProperties?: unknown
  items?: AnySchema
  anyOf?: AnySchema[]
}

const NOTHING = /(?!)/
const forms = new WeakMap<TSchema, Form>()

/** Each schema is read once: they live as long as the program. */
function compile(schema: TSchema): Form | undefined {
  const known = forms.get(schema)
  if (known) return known
  const form = formOf(schema)
  if (form) forms.set(schema, form)
  return form
}

/** Undefined where nothing lies in it that a schema has names for. */
function formOf(schema: AnySchema): Form | undefined {
  const { properties, patternProperties, additionalProperties, items, anyOf } = schema
  // Of alternatives, such as null or an object, one has members.
  if (anyOf) return anyOf.map(formOf).find((form) => form !== undefined)
  const inner = items && formOf(items)
  if (!properties && !inner) return undefined
  const patterns = Object.keys(patternProperties ?? {})
  return {
    members: new Map(
      Object.entries(properties ?? {}).map(([name, member]) => [name, formOf(member)]),
    ),
    isOpen: properties !== undefined && additionalProperties === undefined,
    ignored: patterns.length === 0 ? NOTHING : new RegExp(patterns.join('|')),
    items: inner,
  }
}
