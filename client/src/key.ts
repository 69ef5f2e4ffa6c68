import { fetchPage, objectOf } from './answer.ts'
import type { Page } from './answer.ts'
import { pathTo } from './path.ts'
import type { Send } from './send.ts'

/** An API key as it is shown: never the key itself. Dates are RFC 3339. */
export interface ApiKey {
  /** `key-…` */
  id: string
  name: string
  /** How the key ends; null in keys from before this was kept. */
  last_four: string | null
  /** The id of a key or a person, or `operator`; null in keys from before. */
  created_by: string | null
  created_date: string
  /** From then on the key is refused; null: never. */
  expires_date: string | null
  /** The key that takes its place; null unless it was rotated. */
  replaced_by: string | null
  /** Up to an hour late where several servers answer; null: not yet, as far as is known. */
  last_used_date: string | null
}

/** A key that was just made: the only answer that shows it. */
export interface NewApiKey extends Omit<ApiKey, 'last_used_date'> {
  /** `sk-…`, a secret. */
  key: string
}

export interface KeyFields {
  name: string
  /** Absent or null: never. */
  expires_date?: string | null | undefined
}

export interface KeyRotation {
  /** How long the old key still works, 0 to 168; 24 unless given. */
  overlap_hours?: number | undefined
  /** Of the new key; null: never; absent: when the old one would have. */
  expires_date?: string | null | undefined
}

/**
 * Your organization's keys. A key that expires can make only keys which expire no later.
 * Errors: 400 `InvalidField`; 404 `NotFound` for a key that isn't yours, or works no more.
 */
export interface KeyCalls {
  /** Those that work, all at once, oldest first. */
  list(): Promise<Page<ApiKey>>
  /**
   * Not repeated when the network fails: look at `list` then.
   * Errors: 403 `Forbidden`; 409 `Conflict` where there are 100 already.
   */
  create(fields: KeyFields): Promise<NewApiKey>
  /**
   * Puts a new key in place of one, which works for the overlap. Not repeated when the network fails: look
   * at `list` then, and rotate the key that is in its place.
   * Errors: 403 `Forbidden`; 409 `Conflict` for one that was rotated already.
   */
  rotate(id: string, rotation?: KeyRotation): Promise<NewApiKey>
  /** Ends a key within a second, also the client's own, also the last one. */
  revoke(id: string): Promise<void>
}

const KEYS_PATH = '/v1/keys'

export function createKeyCalls(send: Send): KeyCalls {
  const postOnce = async (path: string, body: object): Promise<NewApiKey> =>
    objectOf(await send({ method: 'POST', path, body, once: true }))
  return {
    list: async () => fetchPage(send, KEYS_PATH),
    create: async (fields) => postOnce(KEYS_PATH, fields),
    rotate: async (id, rotation = {}) => postOnce(pathTo(KEYS_PATH, id, 'rotate'), rotation),
    revoke: async (id) => {
      await send({ method: 'DELETE', path: pathTo(KEYS_PATH, id) })
    },
  }
}
