import type { AuditLogEntry } from '@newcomer/client/browser'

/** One member that was changed, as it was and as it is; undefined: it was not there. */
export interface Difference {
  name: string
  before: string | undefined
  after: string | undefined
}

export function listDifferences({ before, after }: AuditLogEntry): Difference[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])
  return [...names].map((name) => ({
    name,
    before: sayValue(before?.[name]),
    after: sayValue(after?.[name]),
  }))
}

function sayValue(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (value === null) return 'none'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
