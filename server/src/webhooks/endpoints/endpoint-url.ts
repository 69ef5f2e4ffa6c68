import { invalidField } from '../../kernel/problem.ts'
import { findTargetFault } from '../transport/target-rule.ts'
import type { TargetRule } from '../transport/target-rule.ts'

// What browsers and proxies are known to carry.
const MAX_URL_LENGTH = 2048
// Browsers forgive these, and two parsers may take them for two different hosts.
const READ_DIFFERENTLY = /[\s\\\p{Cc}]|^https?:(?!\/\/[^/])/iu

/** Throws a 400 that says what is wrong with the URL of an endpoint, without repeating it. */
export function checkUrl(url: string, rule: TargetRule): void {
  const fault = findFault(url, rule)
  if (fault !== undefined) throw invalidField('url', fault)
}

function findFault(text: string, rule: TargetRule): string | undefined {
  if (text.length > MAX_URL_LENGTH) return `url must have at most ${MAX_URL_LENGTH} characters`
  const url = URL.parse(text)
  if (!url || READ_DIFFERENTLY.test(text)) {
    return 'url must be an absolute URL, such as https://example.com/hooks, without spaces or backslashes'
  }
  if (text.includes('#')) return 'url must not contain a fragment: it is never sent'
  return findTargetFault(url, rule)
}
