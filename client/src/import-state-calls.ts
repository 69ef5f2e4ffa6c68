import { fetchPage, objectOf } from './answer.ts'
import type { Page, PageQuery } from './answer.ts'
import type { Import, ImportState, ImportSummary } from './import-answer.ts'
import { NewcomerError } from './newcomer-error.ts'
import { pathTo } from './path.ts'
import { receiveText } from './receive-body.ts'
import { createSend } from './send.ts'
import type { SendParts } from './send.ts'
import { watchImport } from './watch-import.ts'
import type { WatchOptions } from './watch-import.ts'

/** What rows do to customers. */
export interface ImportFields {
  /** `merge` unless given. With `replace`, customers not in the file lose what imports gave them. */
  mode?: 'merge' | 'replace' | undefined
  /** For merchants: `purchasers`, unless given, have bought; `accounts` may not have. */
  kind?: 'purchasers' | 'accounts' | undefined
  /** Sends no events about your own customers to you. */
  quiet?: boolean | undefined
  /** Starts as soon as the file has been checked, in place of waiting at `ready`. */
  start?: boolean | undefined
  /**
   * 1 to 255 visible ASCII characters. As long as an import with that key has not ended, the same
   * call answers it: whoever repeats a call with a file goes on with it. Random unless given.
   */
  idempotencyKey?: string | undefined
}

export interface StartOptions {
  /** How many customers may lose what earlier imports gave them. */
  confirm?: number | undefined
}

/** All but how a file is sent, which a program and a browser do differently. */
export interface ImportStateCalls {
  /** Makes an import to `upload` its file to. */
  open(fields?: ImportFields): Promise<Import>
  get(id: string): Promise<Import>
  /** Newest first, without reports. */
  list(query?: PageQuery): Promise<Page<ImportSummary>>
  /**
   * The import as it goes on, at most every half second, until it is `ready` or has ended: that is
   * the last. Lost connections are mended for ten minutes.
   */
  watch(id: string, options?: WatchOptions): AsyncGenerator<Import, void, undefined>
  /**
   * Starts a `ready` import; a started one stays as it is. A replacement that would take much away is started
   * with `confirm`: how many customers would lose something, as `preview.confirm` says. Errors: 409
   * `ConfirmationNeeded` where that is not, or no more, the number, which is in `details.confirm`; 409
   * `Conflict` in other states.
   */
  start(id: string, options?: StartOptions): Promise<Import>
  /** What is done stays, and can be undone. Errors: 409 `Conflict` when it has ended otherwise. */
  cancel(id: string): Promise<Import>
  /**
   * Takes back what this import gave, and nothing else; with mode `replace` gives back what it took. Errors:
   * 409 `Conflict` for one that has not ended, or took something more than 30 days ago.
   */
  undo(id: string): Promise<Import>
  /**
   * The rejected rows as CSV, as they were, with `line` and `reason` before: to be mended and sent
   * again. A stream: what has been read is not kept.
   */
  rejects(id: string): AsyncGenerator<string, void, undefined>
}

export const IMPORTS_PATH = '/v1/imports'

export function createImportStateCalls(parts: SendParts): ImportStateCalls {
  const send = createSend(parts)
  const get = async (id: string): Promise<Import> =>
    objectOf(await send({ method: 'GET', path: pathTo(IMPORTS_PATH, id) }))

  async function open({ mode, kind, quiet, start, idempotencyKey }: ImportFields): Promise<Import> {
    const modes = [mode, kind].filter((value) => value !== undefined)
    const query = {
      mode: modes.length > 0 ? modes.join(',') : undefined,
      start: start === true ? 'now' : undefined,
      quiet: quiet === true ? 'true' : undefined,
    }
    // With a key a call can be repeated: no second import comes of it.
    const headers = { 'idempotency-key': idempotencyKey ?? globalThis.crypto.randomUUID() }
    return objectOf(await send({ method: 'POST', path: IMPORTS_PATH, query, headers }))
  }

  /** What has become so already, perhaps by a call whose answer was lost, is what was wanted. */
  async function act(
    id: string,
    action: string,
    wanted: readonly ImportState[],
    query: Record<string, number | undefined> = {},
  ): Promise<Import> {
    try {
      return objectOf<Import>(
        await send({ method: 'POST', path: pathTo(IMPORTS_PATH, id, action), query }),
      )
    } catch (error) {
      if (!(error instanceof NewcomerError) || error.status !== 409) throw error
      const current = await get(id)
      if (wanted.includes(current.state)) return current
      throw error
    }
  }

  return {
    open: async (fields = {}) => open(fields),
    get,
    list: async (query) => fetchPage(send, IMPORTS_PATH, { ...query }),
    watch: (id, options = {}) => watchImport({ parts, get }, id, options),
    start: async (id, { confirm } = {}) =>
      act(id, 'start', ['waiting', 'running', 'finished'], { confirm }),
    cancel: async (id) => act(id, 'cancel', ['cancelled']),
    undo: async (id) => act(id, 'undo', ['undoing', 'undone']),
    rejects: (id) =>
      receiveText(parts, {
        method: 'GET',
        path: pathTo(IMPORTS_PATH, id, 'rejects.csv'),
        mediaType: 'text/csv',
      }),
  }
}
