import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { LinkMerchant } from './find-link-merchant.ts'

// Before it is parsed; what is kept has a limit of its own.
const MAX_TEXT = 8_192
const Url = (description: string) => Type.String({ minLength: 1, maxLength: MAX_TEXT, description })
const nullable = (options: { maxLength: number; pattern?: string; description: string }) =>
  Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], ...options }))

const UrlOfMerchant = Url(
  'Where it leads: an http or https URL of at most 2,048 characters, on a registered host.',
)

const Experience = Type.Object(
  {
    btn_pub_user: nullable({
      maxLength: 255,
      pattern: '^(?:[\\x21-\\x7E]+|\\s*)$',
      description: "The publisher's own id of the customer that the link is for.",
    }),
    btn_pub_ref: nullable({
      maxLength: 512,
      pattern: '^[^\\x00-\\x1F\\x7F-\\x9F]*$',
      description: 'Comes back with the transaction as `pub_ref`.',
    }),
    btn_desktop_url: nullable({
      maxLength: MAX_TEXT,
      description: 'Where desktop browsers are sent instead; on a host of the same merchant.',
    }),
  },
  {
    // Clients send more than these; what is meant for apps changes nothing here.
    patternProperties: { '^btn_': {} },
    description: 'Other members that begin with `btn_` are ignored.',
  },
)

export const LinkBody = Type.Object(
  {
    url: UrlOfMerchant,
    experience: Type.Optional(Type.Union([Experience, Type.Null()])),
    quote: nullable({
      maxLength: MAX_TEXT,
      description: 'The id of a quote that was given out for `btn_pub_user`.',
    }),
  },
  { title: 'LinkFields' },
)

export const LinkAnswer = Type.Object(
  {
    merchant_id: Type.String(),
    affiliate: Type.Null(),
    links: Type.Object({ universal: Type.String() }),
  },
  { title: 'Link' },
)

export const LinkQuestion = Type.Object({ url: UrlOfMerchant })

/** Links lead to pages; there are none into apps. */
const SUPPORT = { web: true, app: false } as const
const Support = Type.Object({ web: Type.Boolean(), app: Type.Boolean() }, { title: 'LinkSupport' })

export const LinkMerchantAnswer = Type.Object(
  {
    organization_id: Type.String({ description: 'The merchant that has the host.' }),
    name: Type.String(),
    approved: Type.Boolean({ description: 'Whether the calling publisher may link there.' }),
    ios_support: Support,
    android_support: Support,
  },
  { title: 'LinkMerchant' },
)

export function answerLinkMerchant({
  merchant,
  isApproved,
}: LinkMerchant): Static<typeof LinkMerchantAnswer> {
  return {
    organization_id: merchant.id,
    name: merchant.name,
    approved: isApproved,
    ios_support: SUPPORT,
    android_support: SUPPORT,
  }
}
