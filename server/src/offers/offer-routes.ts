import type { Routes } from '../http/api.ts'
import { onlyPublisher } from '../http/caller.ts'
import { sendWritten } from '../http/written-answer.ts'
import { MAX_IDENTIFIERS, parseAdvertisingId, parseEmailHash } from '../customers/identifier.ts'
import type { Identifier } from '../customers/identifier.ts'
import { invalidField, notFound, Problem } from '../kernel/problem.ts'
import type { Directory } from '../organizations/directory.ts'
import type { Organization } from '../organizations/organization.ts'
import { createAnswerOffers } from './answer-offers.ts'
import type { OfferParts } from './answer-offers.ts'
import { OffersAnswer, OffersBody } from './offer-answer.ts'

/** What a publisher's users would earn. */
export function offerRoutes(parts: OfferParts): Routes {
  const { directory } = parts
  const answerOffers = createAnswerOffers(parts)
  return (api) => {
    api.post(
      '/offers',
      {
        config: { only: 'publisher', errors: [403, 404] },
        schema: {
          operationId: 'listOffers',
          summary: 'The rates that a user would earn now, best first',
          description:
            'At all merchants that the publisher is approved with. The user is known by the ' +
            'identifiers given and by those reported under `user_id`; nobody has to be known. ' +
            'Percentages stand before fixed amounts, and what pays nothing last; merchants are in ' +
            'the order of their best offers. A quote keeps the segments for links made with it.',
          tags: ['offers'],
          body: OffersBody,
          response: { 200: OffersAnswer },
        },
      },
      async (request, reply) => {
        const publisher = onlyPublisher(request)
        const { user_id: id, merchant_id: merchantId } = request.body
        const identifiers = readIdentifiers(request.body)
        const merchant =
          merchantId == null ? null : approvedMerchant(directory, publisher, merchantId)
        sendWritten(reply, await answerOffers({ publisher, id: id ?? null, identifiers }, merchant))
      },
    )
  }
}

function readIdentifiers({ device_ids: devices, email_sha256s: emails }: OffersBody): Identifier[] {
  const identifiers: Identifier[] = []
  for (const [index, email] of (emails ?? []).entries()) {
    const value = parseEmailHash(email, `email_sha256s[${index}]`)
    identifiers.push({ kind: 'email_sha256', value })
  }
  for (const [index, device] of (devices ?? []).entries()) {
    const value = parseAdvertisingId(device, `device_ids[${index}]`)
    if (value !== undefined) identifiers.push({ kind: 'advertising_id', value })
  }
  if (identifiers.length > MAX_IDENTIFIERS) {
    throw invalidField(
      'email_sha256s',
      `email_sha256s and device_ids: at most ${MAX_IDENTIFIERS} identifiers a call`,
    )
  }
  return identifiers
}

function approvedMerchant(directory: Directory, publisher: Organization, id: string): Organization {
  const snapshot = directory.current()
  const merchant = snapshot.byId(id)
  if (merchant?.role !== 'merchant') throw notFound(id)
  if (snapshot.partnership(publisher.number, merchant.number)?.status === 'approved') {
    return merchant
  }
  const message = 'The merchant has not approved you: there are no rates for you there.'
  throw new Problem(403, 'NoMerchantApproval', message, { merchant_id: merchant.id })
}
