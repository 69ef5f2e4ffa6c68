import { invalidField } from '../kernel/problem.ts'

// What browsers and proxies are known to carry.
const MAX_URL_LENGTH = 2048

/** Throws a 400 that says what is wrong with the URL of an endpoint, without repeating it. */
export function checkUrl(url: string): void {
  const fault = findFault(url)
  if (fault !== undefined) throw invalidField('url', fault)
}

function findFault(text: string): string | undefined {
  if (text.length > MAX_URL_LENGTH) return `url must have at most ${MAX_URL_LENGTH} characters`
  if (!URL.canParse(text)) return 'url must be an absolute URL, such as https://example.com/hooks'
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return 'url must begin with https:// or http://'
  }
  if (url.username || url.password) {
    return 'url must not contain a user name or password; verify the signature instead'
  }
  if (text.includes('#')) return 'url must not contain a fragment: it is never sent'
  return undefined
}
