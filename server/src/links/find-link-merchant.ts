import { Problem } from '../kernel/problem.ts'
import type { Directory } from '../organizations/directory.ts'
import type { Organization } from '../organizations/organization.ts'
import type { FindLinkHost } from './find-link-host.ts'

export interface LinkMerchant {
  merchant: Organization
  /** Whether the publisher may link there. */
  isApproved: boolean
}

/** The merchant that has the URL's host, and how the publisher stands with it; a 404 without one. */
export async function findLinkMerchant(
  { findLinkHost, directory }: { findLinkHost: FindLinkHost; directory: Directory },
  publisher: Organization,
  url: URL,
): Promise<LinkMerchant> {
  const registered = await findLinkHost(url.hostname)
  const snapshot = directory.current()
  const merchant = registered && snapshot.byNumber(registered.merchant)
  if (!merchant) {
    const message = 'Merchant could not be detected from the url'
    throw new Problem(404, 'NoMerchantLinkSupport', message)
  }
  const partnership = snapshot.partnership(publisher.number, merchant.number)
  return { merchant, isApproved: partnership?.status === 'approved' }
}
