import { Type } from 'typebox'
import type { Routes } from '../http/api.ts'
import { onlyPublisher } from '../http/caller.ts'
import { One, one } from '../http/envelope.ts'
import { publicUrl } from '../http/public-url.ts'
import { createLink } from './create-link.ts'
import type { LinkParts } from './create-link.ts'
import { findLinkMerchant } from './find-link-merchant.ts'
import { parseLinkUrl } from './link-url.ts'
import { encryptLink } from './link.ts'

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
      pattern: '^[\\x21-\\x7E]+$',
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
    additionalProperties: false,
    // Clients send more than these; what is meant for apps changes nothing here.
    patternProperties: { '^btn_': {} },
    description: 'Other members that begin with `btn_` are ignored.',
  },
)

const LinkBody = Type.Object(
  {
    url: UrlOfMerchant,
    experience: Type.Optional(Type.Union([Experience, Type.Null()])),
    quote: nullable({
      maxLength: MAX_TEXT,
      description: 'The id of a quote that was given out for `btn_pub_user`.',
    }),
  },
  { additionalProperties: false, title: 'LinkFields' },
)

const LinkAnswer = Type.Object(
  {
    merchant_id: Type.String(),
    affiliate: Type.Null(),
    links: Type.Object({ universal: Type.String() }),
  },
  { title: 'Link' },
)

const MerchantAnswer = Type.Object(
  {
    organization_id: Type.String({ description: 'The merchant that has the host.' }),
    name: Type.String(),
    approved: Type.Boolean({ description: 'Whether the calling publisher may link there.' }),
  },
  { title: 'LinkMerchant' },
)

const tags = ['links']

export function linkRoutes(parts: LinkParts): Routes {
  const { vault } = parts
  return (api) => {
    api.post(
      '/links',
      {
        config: { only: 'publisher', errors: [403, 404] },
        schema: {
          operationId: 'createLink',
          tags,
          summary: "Make a link to a merchant's page; each click gets an attribution token",
          description:
            'The host of the URL must be registered by a merchant that has approved the publisher.',
          body: LinkBody,
          response: { 200: One(LinkAnswer) },
        },
      },
      async (request) => {
        const publisher = onlyPublisher(request)
        const { url, experience, quote } = request.body
        const { merchant, link } = await createLink(parts, {
          publisher,
          url,
          desktopUrl: experience?.btn_desktop_url ?? null,
          pubUser: experience?.btn_pub_user ?? null,
          pubRef: experience?.btn_pub_ref ?? null,
          quote: quote ?? null,
        })
        const universal = `${publicUrl(request)}/r/${encryptLink(vault, link)}`
        return one({ merchant_id: merchant.id, affiliate: null, links: { universal } })
      },
    )
    api.post(
      '/links/info',
      {
        config: { only: 'publisher', errors: [404] },
        schema: {
          operationId: 'findLinkMerchant',
          tags,
          summary: 'Which merchant a URL belongs to, and whether the publisher may link there',
          description: 'A 404 for a host that no merchant has registered.',
          body: Type.Object({ url: UrlOfMerchant }, { additionalProperties: false }),
          response: { 200: One(MerchantAnswer) },
        },
      },
      async (request) => {
        const publisher = onlyPublisher(request)
        const url = parseLinkUrl(request.body.url, 'url')
        const { merchant, isApproved } = await findLinkMerchant(parts, publisher, url)
        return one({ organization_id: merchant.id, name: merchant.name, approved: isApproved })
      },
    )
  }
}
