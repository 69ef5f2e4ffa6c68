import { NewcomerError } from '@newcomer/client/browser'
import type { BrowserClient, Import } from '@newcomer/client/browser'

/** The import as it goes on; or how many customers would lose something, where that is to be confirmed first. */
export type Started = { its: Import } | { toConfirm: number }

/** `confirm`: how many customers may lose something, for a replacement that takes much away. Throws NewcomerError. */
export async function startImport(
  client: BrowserClient,
  id: string,
  confirm: number | undefined,
): Promise<Started> {
  try {
    return { its: await client.imports.start(id, { confirm }) }
  } catch (error) {
    const toConfirm = numberToConfirm(error)
    if (toConfirm === undefined) throw error
    return { toConfirm }
  }
}

/** The server counts anew at each start: the number may be another than the one that was read. */
function numberToConfirm(error: unknown): number | undefined {
  if (!(error instanceof NewcomerError) || error.type !== 'ConfirmationNeeded') return undefined
  const { confirm } = error.details
  return typeof confirm === 'number' ? confirm : undefined
}
