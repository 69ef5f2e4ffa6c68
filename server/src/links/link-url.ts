import { invalidField } from '../kernel/problem.ts'

export const MAX_URL_LENGTH = 2_048

// One way to write it: parsers disagree about backslashes, missing slashes and what they drop.
const PLAIN = /^https?:\/\/[^/\\\p{Cc}][^\\\p{Cc}]*$/iu

/**
 * The URL of a link. Only what the parser made of it is used from here on, never the text, so that
 * the host that was looked up is the host that a shopper gets to. Throws a 400 that names the field.
 */
export function parseLinkUrl(text: string, field: string): URL {
  const trimmed = text.trim()
  const wrong = (what: string) => invalidField(field, `${field} ${what}`)
  const isOther = /^[a-z][a-z0-9+.-]*:/i.test(trimmed) && !/^https?:/i.test(trimmed)
  if (isOther) throw wrong('must begin with https:// or http://')
  if (!PLAIN.test(trimmed)) {
    throw wrong(
      'must be a whole URL, such as https://shop.example/tea, without backslashes or control characters',
    )
  }
  const url = URL.parse(trimmed)
  if (url === null) throw wrong('is not a valid URL')
  if (url.username !== '' || url.password !== '') throw wrong('must not have a user name in it')
  if (url.port !== '') throw wrong('must not name a port: hosts are registered without')
  if (url.href.length > MAX_URL_LENGTH) {
    throw wrong(`must have at most ${MAX_URL_LENGTH} characters once it is percent-encoded`)
  }
  return url
}

const BTN_REF = 'btn_ref'

/** The URL with this token in its query, and no other. What else is in the URL stays as it is. */
export function withBtnRef(href: string, token: string | null): string {
  const url = new URL(href)
  const parameters = url.search === '' ? [] : url.search.slice(1).split('&')
  const others = parameters.filter((parameter) => !new URLSearchParams(parameter).has(BTN_REF))
  if (token !== null) others.push(`${BTN_REF}=${token}`)
  // Taken apart and put together again as a whole, a query would be spelt differently.
  url.search = others.join('&')
  return url.href
}
