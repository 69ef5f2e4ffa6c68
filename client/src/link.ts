import { objectOf } from './answer.ts'
import type { Send } from './send.ts'

/** A link that is wanted. */
export interface LinkFields {
  /** Where it leads: http or https, at most 2,048 characters, on a host the merchant registered. */
  url: string
  experience?:
    | {
        /** Your own id of the customer that the link is for; the transaction will name it. */
        btn_pub_user?: string | null | undefined
        /** At most 512 characters; comes back as the transaction's `pub_ref`. */
        btn_pub_ref?: string | null | undefined
        /** Where desktop browsers are sent instead; on a host of the same merchant. */
        btn_desktop_url?: string | null | undefined
      }
    | null
    | undefined
  /** The id of a quote that was given out for `btn_pub_user`: see `offers.get`. */
  quote?: string | null | undefined
}

/** A link. Each person who follows it gets to the merchant with an attribution token of their own. */
export interface Link {
  /** `org-…` */
  merchant_id: string
  affiliate: null
  links: {
    /** The URL to send shoppers to. */
    universal: string
  }
}

/** The merchant that a URL belongs to. */
export interface LinkMerchant {
  /** `org-…` */
  organization_id: string
  name: string
  /** Whether you may link there. */
  approved: boolean
  /** Links lead to pages: `web` is true and `app` is false. */
  ios_support: { web: boolean; app: boolean }
  android_support: { web: boolean; app: boolean }
}

/** For publishers. Errors of both: 400 `InvalidField`; 404 `NoMerchantLinkSupport` for unknown hosts. */
export interface LinkCalls {
  /**
   * Makes a link to a merchant's page.
   * Errors: 403 `NoMerchantApproval` with `details.merchant_id`; 400 with `details.field` `quote` for a
   * quote that is forged, expired, for another user or without that merchant.
   */
  create(link: LinkFields): Promise<Link>
  /** Which merchant a URL belongs to, and whether you may link there. */
  info(url: string): Promise<LinkMerchant>
}

const LINKS_PATH = '/v1/links'

export function createLinkCalls(send: Send): LinkCalls {
  return {
    create: async (link) => objectOf(await send({ method: 'POST', path: LINKS_PATH, body: link })),
    info: async (url) =>
      objectOf(await send({ method: 'POST', path: `${LINKS_PATH}/info`, body: { url } })),
  }
}
