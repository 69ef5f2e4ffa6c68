import { filled } from '../customers/empty-identifier.ts'
import { notFound, Problem } from '../kernel/problem.ts'
import type { Snapshot } from '../organizations/directory.ts'
import type { FindLinkHost } from './find-link-host.ts'
import { parseLinkUrl } from './link-url.ts'
import type { OpenedLink } from './link.ts'

/** The parameters of a link that a publisher put together itself; other parameters are passed over. */
export interface HandMadeLink {
  /** Where it leads. */
  btn_url: string
  /** The publisher: `org-…`. */
  btn_ref: string
  btn_pub_user?: string
  btn_pub_ref?: string
}

/**
 * Opens a link that nobody vouches for: whoever wrote it, it leads only to a host that a merchant registered
 * who approved the publisher named in it. Throws a 400 for what is no URL, and one and the same 404 for all
 * that is not so: else strangers could ask which publishers work with which merchants.
 */
export async function openHandMade(
  { findLinkHost, directory }: { findLinkHost: FindLinkHost; directory: Snapshot },
  { btn_url, btn_ref, btn_pub_user, btn_pub_ref }: HandMadeLink,
): Promise<OpenedLink> {
  const url = parseLinkUrl(btn_url, 'btn_url')
  const publisher = directory.byId(btn_ref)
  if (publisher?.role !== 'publisher') throw notFound('this link')
  const registered = await findLinkHost(url.hostname)
  const merchant = registered && directory.byNumber(registered.merchant)
  const status = merchant && directory.partnership(publisher.number, merchant.number)?.status
  if (!merchant || status !== 'approved') throw leadsNowhere()
  const link = {
    publisher: publisher.number,
    merchant: merchant.number,
    url: url.href,
    desktopUrl: null,
    pubUser: filled(btn_pub_user),
    pubRef: filled(btn_pub_ref),
    quote: null,
  }
  return { link, publisher, merchant }
}

export function leadsNowhere(): Problem {
  const message = 'This link leads to no shop that works with the site that it is from.'
  return new Problem(404, 'NoMerchantLinkSupport', message)
}
