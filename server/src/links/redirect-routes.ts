import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { customerKey } from '../customers/customer.ts'
import type { Routes } from '../http/api.ts'
import { one } from '../http/envelope.ts'
import { networkOf } from '../http/guess-throttle.ts'
import type { Clock } from '../kernel/clock.ts'
import { newId } from '../kernel/id.ts'
import { notFound, Problem } from '../kernel/problem.ts'
import type { SharedCounts } from '../kernel/limits/shared-counts.ts'
import type { Vault } from '../kernel/vault.ts'
import { btnRefKey } from '../orders/order.ts'
import type { Directory } from '../organizations/directory.ts'
import type { ClickBuffer, Recorded } from './click-buffer.ts'
import type { VisitVerdict, VisitClick } from './click.ts'
import type { FindLinkHost } from './find-link-host.ts'
import { createFollowLimit } from './follow-limit.ts'
import { leadsNowhere, openHandMade } from './hand-made-link.ts'
import { withBtnRef } from './link-url.ts'
import { decryptLink, targetOf } from './link.ts'
import type { OpenedLink } from './link.ts'
import { recallLinkHosts } from './recall-link-host.ts'

export interface RedirectParts {
  directory: Directory
  vault: Vault
  clock: Clock
  clicks: ClickBuffer
  findLinkHost: FindLinkHost
  sharedCounts?: SharedCounts
}

const HEADERS = {
  // Each click has a token of its own.
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Robots-Tag': 'noindex',
}

const text = (maxLength: number, pattern?: string) =>
  Type.String({ maxLength, ...(pattern !== undefined && { pattern }) })

// A parameter that is there twice is a list, and so none of these.
const HandMadeQuery = Type.Object({
  btn_url: text(8_192),
  btn_ref: text(255),
  btn_pub_user: Type.Optional(text(255, '^(?:[\\x21-\\x7E]+|\\s*)$')),
  btn_pub_ref: Type.Optional(text(512, '^[^\\x00-\\x1F\\x7F-\\x9F]*$')),
})

/** Where links lead. For shoppers: no key, and none is refused; see follow-limit.ts. */
export function redirectRoutes(parts: RedirectParts): Routes {
  const isTooOften = createFollowLimit(parts.clock, parts.sharedCounts)
  const findLinkHost = recallLinkHosts(parts.findLinkHost)
  return (api) => {
    api.get(
      // Not a parameter: those are ids, and shorter than links.
      '/r/*',
      {
        config: { isUnlimited: true },
        schema: {
          hide: true,
          operationId: 'followLink',
          summary: 'Follow a link: a 302 to the merchant, with a new attribution token',
          params: Type.Object({ '*': Type.String() }),
        },
      },
      async (request, reply) => {
        reply.headers(HEADERS)
        const token = request.params['*']
        const opened = openLink(parts, token)
        const followed = await follow(parts, opened, request, () =>
          isTooOften(token, networkOf(request.ip)),
        )
        checkVerdict(followed.verdict)
        void reply.code(302).header('Location', followed.url)
        return one({ url: followed.url })
      },
    )
    api.get(
      '/r',
      {
        config: { isUnlimited: true },
        schema: {
          hide: true,
          operationId: 'followHandMadeLink',
          summary: 'Follow a link that a publisher put together itself, likewise',
          querystring: HandMadeQuery,
        },
      },
      async (request, reply) => {
        reply.headers(HEADERS)
        const directory = parts.directory.lastKnown()
        const opened = await openHandMade({ findLinkHost, directory }, request.query)
        // Anybody can write as many as they like, so these are counted by whose they are.
        const pair = `${opened.publisher.id} ${opened.merchant.id}`
        const followed = await follow(parts, opened, request, () =>
          isTooOften(pair, networkOf(request.ip)),
        )
        if (followed.verdict !== 'good') throw leadsNowhere()
        void reply.code(302).header('Location', followed.url)
        return one({ url: followed.url })
      },
    )
  }
}

type AnyRequest = Pick<FastifyRequest, 'method' | 'headers'>

/** Records that somebody follows the link, and says whether it may be and where it leads. */
async function follow(
  parts: RedirectParts,
  opened: OpenedLink,
  { method, headers }: AnyRequest,
  isTooOften: () => boolean,
): Promise<{ verdict: VisitVerdict; url: string }> {
  const target = targetOf(opened.link, headers['user-agent'])
  // A request that only looks (HEAD) gets no token: it would be nobody's.
  // Nor is what one address does to one link again and again: it is sent on, and not kept.
  const isClick = method !== 'HEAD' && !isTooOften()
  const token = isClick ? newId('srctok') : null
  const recorded = await parts.clicks.record({
    publisher: opened.publisher.number,
    merchant: opened.merchant.number,
    host: new URL(target).hostname,
    click: token === null ? null : clickOf(parts, opened, token),
  })
  const url = withBtnRef(target, recorded === 'lost' ? null : token)
  return { verdict: verdictOf(parts, opened, recorded), url }
}

function openLink({ vault, directory }: RedirectParts, token: string): OpenedLink {
  const link = decryptLink(vault, token)
  // A shopper is sent on from memory while the database is away.
  const publisher = link && directory.lastKnown().byNumber(link.publisher)
  const merchant = link && directory.lastKnown().byNumber(link.merchant)
  if (!link || !publisher || !merchant) throw notFound('this link')
  return { link, publisher, merchant }
}

function clickOf({ vault, clock }: RedirectParts, opened: OpenedLink, token: string): VisitClick {
  const { link, publisher, merchant } = opened
  return {
    id: btnRefKey(vault, merchant, token),
    customer: link.pubUser === null ? null : customerKey(vault, publisher, link.pubUser),
    content: {
      btn_ref: token,
      publisher_customer_id: link.pubUser,
      pub_ref: link.pubRef,
      quote: link.quote,
    },
    at: clock.now(),
  }
}

/** What was read with the click; until the database answers, what is remembered. */
function verdictOf(
  { directory }: RedirectParts,
  { publisher, merchant }: OpenedLink,
  recorded: Recorded,
): VisitVerdict {
  if (recorded !== 'waiting' && recorded !== 'lost') return recorded
  const partnership = directory.lastKnown().partnership(publisher.number, merchant.number)
  return partnership?.status === 'approved' ? 'good' : 'not-approved'
}

function checkVerdict(verdict: VisitVerdict): void {
  if (verdict === 'not-approved') {
    const message = 'This link works no more: the shop and the site that it is from have parted.'
    throw new Problem(403, 'NoMerchantApproval', message)
  }
  if (verdict === 'no-host') {
    const message = 'This link works no more: it leads where the shop is not any longer.'
    throw new Problem(404, 'NoMerchantLinkSupport', message)
  }
}
