import type { Import } from './import-answer.ts'
import { createImportStateCalls } from './import-state-calls.ts'
import type { ImportFields, ImportStateCalls } from './import-state-calls.ts'
import type { SendParts } from './send.ts'
import type { ImportFile } from './upload-window.ts'
import { uploadFile } from './upload.ts'
import type { UploadOptions } from './upload.ts'

/** Errors, besides those named: 404 `NotFound` for an import that isn't yours. */
export interface ImportCalls extends ImportStateCalls {
  /**
   * Sends a file and answers the import once the server has all of it, about to be checked: `watch`
   * it until it is `ready`. Lost connections are mended for ten minutes, and from wherever the server
   * has the file; memory stays bounded at about 100 MB whatever its size.
   *
   * Errors: 400 `InvalidField`, 413, 415; 409 `TakenOver` when another call sends the same file.
   * Throws what reading the file throws, and TypeError when a stream cannot be gone on with.
   */
  create(file: ImportFile, options?: ImportFields & UploadOptions): Promise<Import>
  /** Sends the file, or all of it that the server doesn't have. Errors: as for `create`. */
  upload(id: string, file: ImportFile, options?: UploadOptions): Promise<Import>
}

export function createImportCalls(parts: SendParts): ImportCalls {
  const calls = createImportStateCalls(parts)
  const { open, get } = calls
  return {
    ...calls,
    create: async (file, options = {}) =>
      uploadFile({ parts, get }, await open(options), file, options),
    upload: async (id, file, options = {}) =>
      uploadFile({ parts, get }, await get(id), file, options),
  }
}
