import { fetchPage, objectOf } from './answer.ts'
import type { Page, PageQuery } from './answer.ts'
import type { Import, ImportState, ImportSummary } from './import-answer.ts'
import { NewcomerError } from './newcomer-error.ts'
import { pathTo } from './path.ts'
import { createSend } from './send.ts'
import type { SendParts } from './send.ts'
import { receiveText } from './transfer.ts'
import type { ImportFile } from './upload-window.ts'
import { uploadFile } from './upload.ts'
import type { UploadOptions } from './upload.ts'
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

/** Errors, besides those named: 404 `NotFound` for an import that isn't yours. */
export interface ImportCalls {
  /**
   * Sends a file and answers the import once the server has all of it, about to be checked: `watch`
   * it until it is `ready`. Lost connections are mended for ten minutes, and from wherever the server
   * has the file; memory stays bounded at about 100 MB whatever its size.
   *
   * Errors: 400 `InvalidField`, 413, 415; 409 `TakenOver` when another call sends the same file.
   * Throws what reading the file throws, and TypeError when a stream cannot be gone on with.
   */
  create(file: ImportFile, options?: ImportFields & UploadOptions): Promise<Import>
  /** Makes an import to `upload` its file to. */
  open(fields?: ImportFields): Promise<Import>
  /** Sends the file, or all of it that the server doesn't have. Errors: as for `create`. */
  upload(id: string, file: ImportFile, options?: UploadOptions): Promise<Import>
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

export function createImportCalls(parts: SendParts): ImportCalls {
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
    create: async (file, options = {}) =>
      uploadFile({ parts, get }, await open(options), file, options),
    open: async (fields = {}) => open(fields),
    upload: async (id, file, options = {}) =>
      uploadFile({ parts, get }, await get(id), file, options),
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
