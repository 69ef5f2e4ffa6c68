import type { FastifyRequest } from 'fastify'
import { Problem, invalidField } from '../kernel/problem.ts'

/**
 * Text of a path or a query that the database could not take: NUL, which percent-encoding brings in, and
 * half of a surrogate pair. In a path it names nothing that there is; in a query it is a wrong value.
 * What a schema has to say against it comes first.
 */
export function checkText(request: FastifyRequest, _reply: unknown, done: () => void): void {
  for (const value of Object.values((request.params ?? {}) as Record<string, unknown>)) {
    if (!isStorable(value)) throw new Problem(404, 'NotFound', 'Could not find this path')
  }
  for (const [name, value] of Object.entries((request.query ?? {}) as Record<string, unknown>)) {
    const isFine = Array.isArray(value) ? value.every(isStorable) : isStorable(value)
    if (!isFine) throw invalidField(name, `${name} contains a character that no text may have`)
  }
  done()
}

function isStorable(value: unknown): boolean {
  return typeof value !== 'string' || (!value.includes('\0') && value.isWellFormed())
}
