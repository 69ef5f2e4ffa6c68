import type { Static } from 'typebox'
import { filled, listEmpty } from '../customers/empty-identifier.ts'
import type { Routes } from '../http/api.ts'
import { onlyPublisher } from '../http/caller.ts'
import { Warned, warned } from '../http/envelope.ts'
import { publicUrl } from '../http/public-url.ts'
import { Warnings } from '../http/warnings.ts'
import type { Organization } from '../organizations/organization.ts'
import { createLink } from './create-link.ts'
import type { LinkParts, LinkWish } from './create-link.ts'
import { findLinkMerchant } from './find-link-merchant.ts'
import {
  answerLinkMerchant,
  LinkAnswer,
  LinkBody,
  LinkMerchantAnswer,
  LinkQuestion,
} from './link-schema.ts'
import { parseLinkUrl } from './link-url.ts'
import { encryptLink } from './link.ts'

const tags = ['links']

export function linkRoutes(parts: LinkParts): Routes {
  return (api) => {
    linkRoute(parts, '/links', {
      operationId: 'createLink',
      summary: "Make a link to a merchant's page; each click gets an attribution token",
      description:
        'The host of the URL must be registered by a merchant that has approved the publisher.',
    })(api)
    linkRoute(parts, '/shortlink/create', {
      operationId: 'createShortlink',
      summary: 'The same as `createLink`, by the path that other clients call',
      description: 'The link is as long as any.',
    })(api)
    api.post(
      '/links/info',
      {
        config: { only: 'publisher', errors: [404] },
        schema: {
          operationId: 'findLinkMerchant',
          tags,
          summary: 'Which merchant a URL belongs to, and whether the publisher may link there',
          description: 'A 404 for a host that no merchant has registered.',
          body: LinkQuestion,
          response: { 200: Warned(LinkMerchantAnswer) },
        },
      },
      async (request) => {
        const publisher = onlyPublisher(request)
        const url = parseLinkUrl(request.body.url, 'url')
        const found = await findLinkMerchant(parts, publisher, url)
        const warnings = new Warnings().addUnknown(LinkQuestion, request.body)
        return warned(answerLinkMerchant(found), warnings)
      },
    )
  }
}

function linkRoute(
  parts: LinkParts,
  path: string,
  described: { operationId: string; summary: string; description: string },
): Routes {
  return (api) => {
    api.post(
      path,
      {
        config: { only: 'publisher', errors: [403, 404] },
        schema: { ...described, tags, body: LinkBody, response: { 200: Warned(LinkAnswer) } },
      },
      async (request) => {
        const { body } = request
        const { merchant, link } = await createLink(parts, wishOf(onlyPublisher(request), body))
        const universal = `${publicUrl(request)}/r/${encryptLink(parts.vault, link)}`
        const warnings = new Warnings().addUnknown(LinkBody, body).addAll(listEmptyMembers(body))
        return warned({ merchant_id: merchant.id, affiliate: null, links: { universal } }, warnings)
      },
    )
  }
}

type LinkFields = Static<typeof LinkBody>

function wishOf(publisher: Organization, { url, experience, quote }: LinkFields): LinkWish {
  return {
    publisher,
    url,
    desktopUrl: filled(experience?.btn_desktop_url),
    pubUser: filled(experience?.btn_pub_user),
    pubRef: filled(experience?.btn_pub_ref),
    quote: filled(quote),
  }
}

function listEmptyMembers({ experience, quote }: LinkFields) {
  return listEmpty([
    ['experience.btn_desktop_url', experience?.btn_desktop_url],
    ['experience.btn_pub_user', experience?.btn_pub_user],
    ['experience.btn_pub_ref', experience?.btn_pub_ref],
    ['quote', quote],
  ])
}
