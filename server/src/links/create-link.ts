import type { Clock } from '../kernel/clock.ts'
import { invalidField, Problem } from '../kernel/problem.ts'
import type { Vault } from '../kernel/vault.ts'
import { parseQuote } from '../offers/quote.ts'
import type { Directory } from '../organizations/directory.ts'
import type { Organization } from '../organizations/organization.ts'
import type { FindLinkHost } from './find-link-host.ts'
import { findLinkMerchant } from './find-link-merchant.ts'
import { parseLinkUrl } from './link-url.ts'
import type { Link } from './link.ts'

export interface LinkParts {
  findLinkHost: FindLinkHost
  directory: Directory
  vault: Vault
  clock: Clock
}

/** What a publisher wants a link for. */
export interface LinkWish {
  publisher: Organization
  url: string
  desktopUrl: string | null
  /** The publisher's own id of the customer that it is for. */
  pubUser: string | null
  pubRef: string | null
  /** The id of a quote. */
  quote: string | null
}

const DESKTOP_FIELD = 'experience.btn_desktop_url'

/**
 * A link to the merchant that registered the URL's host. Throws a 404 without one, a 403 where
 * the publisher isn't approved there, and a 400 for what is wrong with the wish.
 */
export async function createLink(
  parts: LinkParts,
  wish: LinkWish,
): Promise<{ merchant: Organization; link: Link }> {
  const { vault, clock, findLinkHost } = parts
  const { publisher, pubUser, pubRef } = wish
  const url = parseLinkUrl(wish.url, 'url')
  const desktop = wish.desktopUrl === null ? null : parseLinkUrl(wish.desktopUrl, DESKTOP_FIELD)
  const { merchant, isApproved } = await findLinkMerchant(parts, publisher, url)
  if (!isApproved) {
    const message = 'Not approved for link building'
    throw new Problem(403, 'NoMerchantApproval', message, { merchant_id: merchant.id })
  }
  if (desktop) {
    const registered = await findLinkHost(desktop.hostname)
    if (registered?.merchant !== merchant.number) {
      const message = `${DESKTOP_FIELD} must lead to a host of the same merchant as url`
      throw invalidField(DESKTOP_FIELD, message)
    }
  }
  const use = { publisher, userId: pubUser, merchant, now: clock.now() }
  const quote = wish.quote === null ? null : parseQuote(vault, wish.quote, use)
  const link: Link = {
    publisher: publisher.number,
    merchant: merchant.number,
    url: url.href,
    desktopUrl: desktop?.href ?? null,
    pubUser,
    pubRef,
    quote,
  }
  return { merchant, link }
}
