import { invalidField } from '../kernel/problem.ts'

/** A host that links may lead to; it belongs to one merchant. */
export interface LinkHost {
  host: string
  /** The merchant's number. */
  merchant: number
  created_at: Date
}

/** More are a list of other people's shops. */
export const MAX_LINK_HOSTS = 100

const MAX_LENGTH = 253
// Whatever would make it more than a host, or a host in disguise.
const NOT_OF_A_NAME = /[\p{Cc}\s/\\?#@:%[\]]/u
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/

/**
 * The host as URLs have it once they are parsed: lower case, in ASCII. Throws a 400 for what is more
 * than a name (a port, a path) and for what is none in public: an address, localhost.
 */
export function parseLinkHost(text: string): string {
  const name = text.trim()
  if (NOT_OF_A_NAME.test(name)) {
    throw wrong('must be a host name alone, such as shop.example: no protocol, port or path')
  }
  const host = URL.parse(`https://${name}/`)?.hostname
  if (host === undefined || host === '') throw wrong('is not a valid host name')
  if (host.endsWith('.')) throw wrong('must not end with a dot')
  const labels = host.split('.')
  const last = labels.at(-1) ?? ''
  // A URL's host that ends with a number is an address, however it was spelt.
  if (/^\d+$/.test(last)) throw wrong('must be a name, not an IP address')
  if (labels.length < 2 || last === 'localhost') {
    throw wrong('must have at least two labels, as shop.example has, and not be localhost')
  }
  if (host.length > MAX_LENGTH || !labels.every((label) => LABEL.test(label))) {
    throw wrong('is not a valid host name')
  }
  return host
}

function wrong(what: string) {
  return invalidField('host', `host ${what}`)
}
