import { NewcomerError } from '@newcomer/client/browser'
import type { BrowserClient, Import } from '@newcomer/client/browser'

/**
 * Starts an import; one that would take much away with the number of customers that lose something. Throws
 * NewcomerError, 409 where that is not the number any more.
 */
export async function startImport(
  client: BrowserClient,
  id: string,
  confirm: number | undefined,
): Promise<Import> {
  if (confirm === undefined) return client.imports.start(id)
  const path = `/v1/imports/${encodeURIComponent(id)}/start`
  const { object } = await client.send({ method: 'POST', path, query: { confirm } })
  if (object !== undefined) return object as Import
  throw new NewcomerError({ status: 200, type: 'UnexpectedAnswer', message: 'The answer is empty' })
}
