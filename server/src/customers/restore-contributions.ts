import { toContent, valuesOf } from './provenance.ts'
import type { CustomerContent } from './provenance.ts'

/** Which of the contributions that a customer had come back. */
export interface Restoring {
  isRestored(importId: string): boolean
  /** Whether an identifier comes back with its contribution. */
  keeps(identifier: string): boolean
}

/**
 * The content with the contributions of imports that it had before and has no more; the same object if none
 * comes back. Null stands for a customer that is gone.
 */
export function restoreContributions(
  content: CustomerContent | null,
  before: CustomerContent,
  { isRestored, keeps }: Restoring,
): CustomerContent | null {
  const known = content ? valuesOf(content) : { fromCalls: null, contributions: [] }
  const present = new Set(known.contributions.map((each) => each.import))
  const restored = valuesOf(before)
    .contributions.filter((each) => !present.has(each.import) && isRestored(each.import))
    .map((each) => ({
      ...each,
      emails: each.emails.filter(keeps),
      advertising_ids: each.advertising_ids.filter(keeps),
    }))
  if (restored.length === 0) return content
  const contributions = [...restored, ...known.contributions]
  contributions.sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0))
  // In the order in which identifiers were first reported.
  const listOf = (name: 'emails' | 'advertising_ids'): string[] => [
    ...new Set([...before[name], ...(content?.[name] ?? [])]),
  ]
  const lists = { emails: listOf('emails'), advertising_ids: listOf('advertising_ids') }
  return toContent({ id: before.id, ...lists }, { fromCalls: known.fromCalls, contributions })
}
