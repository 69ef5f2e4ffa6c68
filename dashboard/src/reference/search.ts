/** What the address of the reference says: the operation that is open. */
export interface ReferenceSearch {
  operation?: string | undefined
}

export function parseReferenceSearch(search: Record<string, unknown>): ReferenceSearch {
  const { operation } = search
  return { operation: typeof operation === 'string' ? operation.slice(0, 200) : undefined }
}
