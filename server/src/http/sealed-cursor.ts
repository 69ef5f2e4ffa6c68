import type { FastifyRequest } from 'fastify'
import { invalidField } from '../kernel/problem.ts'
import type { Vault } from '../kernel/vault.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** What a caller is shown of a list's cursor. */
    cursors: Cursors
  }
}

type AnyRequest = Pick<
  FastifyRequest,
  'caller' | 'isOperator' | 'query' | 'params' | 'routeOptions'
>

/**
 * A cursor says where a page begins, in row keys and the database's own numbers, which are private:
 * callers get it encrypted and authenticated, bound to caller and path. It carries the filters of its
 * list, so that the cursor alone goes on under them.
 */
export interface Cursors {
  seal(request: AnyRequest, cursor: string): string
  /**
   * Puts the cursor and its filters where a handler finds them, in the query. Filters that are given
   * beside it stand; whether they contradict is found out where they are understood.
   * @throws Problem 400 for a cursor that this caller was not given for this list
   */
  open(request: AnyRequest): void
}

interface Sealed {
  cursor: string
  filters: Record<string, unknown>
}

// What is in a query and chooses nothing from the list.
const NO_FILTERS = new Set(['cursor', 'page_size', 'wait_seconds'])
// One length for whatever a position and its filters say, in bytes. Beyond it there are few others: with
// hundreds of txs under way the cursor of events grows, and so do filters with long values.
const LENGTHS = [512, 4_096, 12_288]
// Node takes 16 KiB of headers.
const MAX_LENGTH = 17_000

export function createCursors(vault: Vault): Cursors {
  return {
    seal(request, cursor) {
      const query = request.query as Record<string, unknown>
      const filters = Object.fromEntries(
        Object.entries(query).filter(([name]) => !NO_FILTERS.has(name)),
      )
      const content: Sealed = { cursor, filters }
      return vault.encryptBytes(rowOf(request), pad(JSON.stringify(content))).toString('base64url')
    },
    open(request) {
      const query = request.query as Record<string, unknown> | undefined
      const text = query?.['cursor']
      if (!query || typeof text !== 'string') return
      const sealed = decrypt(vault, rowOf(request), text)
      for (const [name, value] of Object.entries(sealed.filters)) query[name] ??= value
      query['cursor'] = sealed.cursor
    },
  }
}

function decrypt(vault: Vault, row: string, text: string): Sealed {
  const blob = Buffer.from(text.slice(0, MAX_LENGTH), 'base64url')
  try {
    // Decoding passes over what it doesn't know; a cursor that was changed in any way isn't ours.
    if (blob.toString('base64url') !== text) throw new Error('not base64url')
    return JSON.parse(vault.decryptBytes(row, blob).toString('utf8')) as Sealed
  } catch {
    throw invalidField('cursor', 'cursor is not one that this API gave out for this list')
  }
}

function rowOf({ caller, isOperator, params, routeOptions }: AnyRequest): string {
  const whose = caller?.organization.id ?? (isOperator ? 'operator' : 'nobody')
  return JSON.stringify(['cursor', whose, routeOptions.url, params])
}

/** JSON with blanks behind it is the same JSON. */
function pad(json: string): Buffer {
  const bytes = Buffer.from(json)
  const length = LENGTHS.find((each) => each >= bytes.length) ?? bytes.length
  return Buffer.concat([bytes, Buffer.alloc(length - bytes.length, ' ')])
}
