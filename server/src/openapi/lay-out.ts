import type { Json } from './document.ts'

const LINE = 120

/** JSON in lines of at most 120 characters where it can be: what fits into one is not taken apart. */
export function layOut(value: Json, indent = ''): string {
  const line = JSON.stringify(value)
  if (value === null || typeof value !== 'object' || indent.length + line.length <= LINE)
    return line
  const inner = `${indent} `
  const isList = Array.isArray(value)
  const members = isList
    ? value.map((each) => inner + layOut(each, inner))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => `${inner}${JSON.stringify(key)}: ${layOut(member ?? null, inner)}`)
  const [open, close] = isList ? ['[', ']'] : ['{', '}']
  return `${open}\n${members.join(',\n')}\n${indent}${close}`
}
