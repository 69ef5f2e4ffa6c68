import type { BrowserClient, Import } from '@newcomer/client/browser'
import { hashText } from '../parts/hash-text.ts'
import type { Settings } from './settings.tsx'
import { startUpload } from './uploads.ts'
import type { SentFile } from './worker-protocol.ts'

/** A change of what is made of a file on its way is a new number: what was sent before doesn't fit. */
const FORM_VERSION = 1

/**
 * The same for the same file with the same settings: whoever chooses it again, after a reload or in another browser,
 * goes on with the import that was begun.
 */
export function repeatKeyOf(sha256: string, { mode, kind, quiet }: Settings): string {
  const parts = [FORM_VERSION, sha256, mode ?? 'merge', kind ?? null, quiet === true]
  return `dashboard-${hashText(JSON.stringify(parts))}`
}

/** Makes the import, or finds the one that was begun with the same file. Throws NewcomerError. */
export function openImport(
  client: BrowserClient,
  sent: SentFile,
  settings: Settings,
): Promise<Import> {
  const { mode, kind, quiet } = settings
  return client.imports.open({
    mode,
    kind,
    quiet,
    idempotencyKey: repeatKeyOf(sent.sha256, settings),
  })
}

/** Sends the file, or what the server lacks of it. */
export function sendTo(client: BrowserClient, begun: Import, sent: SentFile, total: number): void {
  if (begun.state === 'receiving') startUpload({ client, begun, sent, total })
}
