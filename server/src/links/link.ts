import type { Vault } from '../kernel/vault.ts'
import type { QuotePromise } from '../orders/order.ts'
import type { Organization } from '../organizations/organization.ts'

/** A stateless link: all there is to it is in the link itself, encrypted, and stored nowhere. */
export interface Link {
  /** The publisher's and the merchant's numbers. */
  publisher: number
  merchant: number
  url: string
  /** Where desktop browsers are sent instead. */
  desktopUrl: string | null
  /** The publisher's own id of its customer. */
  pubUser: string | null
  pubRef: string | null
  quote: QuotePromise | null
}

/** A link, and those whose it is. */
export interface OpenedLink {
  link: Link
  publisher: Organization
  merchant: Organization
}

/** Short names, and absent where there is nothing: links are sent by text message, too. */
interface LinkContent {
  p: number
  m: number
  u: string
  d?: string
  c?: string
  r?: string
  /** As quotes were in links until the length of a link told the segment. */
  q?: QuotePromise
  k?: [id: string, segment: 'n' | 'a', at: string, expires: string]
}

const ROW = 'link'

/** The link as the last part of a path. */
export function encryptLink(vault: Vault, link: Link): string {
  const content: LinkContent = {
    p: link.publisher,
    m: link.merchant,
    u: link.url,
    ...(link.desktopUrl !== null && { d: link.desktopUrl }),
    ...(link.pubUser !== null && { c: link.pubUser }),
    ...(link.pubRef !== null && { r: link.pubRef }),
    ...(link.quote && { k: packQuote(link.quote) }),
  }
  return vault.encrypt(ROW, content).toString('base64url')
}

/** Undefined for what this program didn't make. */
export function decryptLink(vault: Vault, token: string): Link | undefined {
  const blob = Buffer.from(token, 'base64url')
  // Decoding passes over what it doesn't know; a link that was changed in any way isn't ours.
  if (blob.toString('base64url') !== token) return undefined
  try {
    const content = vault.decrypt<LinkContent>(ROW, blob)
    return {
      publisher: content.p,
      merchant: content.m,
      url: content.u,
      desktopUrl: content.d ?? null,
      pubUser: content.c ?? null,
      pubRef: content.r ?? null,
      quote: content.k ? unpackQuote(content.k) : (content.q ?? null),
    }
  } catch {
    return undefined
  }
}

/** As long for either segment, which the publisher need not know. */
function packQuote({ id, segment, at, expires }: QuotePromise): NonNullable<LinkContent['k']> {
  return [id, segment === 'active' ? 'a' : 'n', at, expires]
}

function unpackQuote([id, segment, at, expires]: NonNullable<LinkContent['k']>): QuotePromise {
  return { id, segment: segment === 'a' ? 'active' : 'new', at, expires }
}

const HAND_HELD = /Mobile|Android|iPhone|iPad/

/** Where the link leads with this User-Agent. */
export function targetOf(link: Link, userAgent = ''): string {
  return link.desktopUrl !== null && !HAND_HELD.test(userAgent) ? link.desktopUrl : link.url
}
