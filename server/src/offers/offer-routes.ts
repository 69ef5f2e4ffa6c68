import type { Routes } from '../http/api.ts'
import { onlyPublisher } from '../http/caller.ts'
import { warnedMeta } from '../http/envelope.ts'
import { Warnings } from '../http/warnings.ts'
import { sendWritten } from '../http/written-answer.ts'
import { filled, listEmpty, listEmptyItems } from '../customers/empty-identifier.ts'
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
        const warnings = new Warnings().addUnknown(OffersBody, request.body)
        const identifiers = readIdentifiers(request.body, warnings)
        const wanted = filled(merchantId)
        const merchant = wanted === null ? null : approvedMerchant(directory, publisher, wanted)
        const user = { publisher, id: filled(id), identifiers }
        sendWritten(reply, await answerOffers(user, merchant, warnedMeta(warnings)))
      },
    )
  }
}

function readIdentifiers(body: OffersBody, warnings: Warnings): Identifier[] {
  const { user_id, merchant_id, device_ids: devices, email_sha256s: emails } = body
  warnings
    .addAll(listEmpty(Object.entries({ user_id, merchant_id })))
    .addAll(listEmptyItems('email_sha256s', emails))
    .addAll(listEmptyItems('device_ids', devices))
  const identifiers: Identifier[] = []
  for (const [index, email] of (emails ?? []).entries()) {
    if (filled(email) === null) continue
    const value = parseEmailHash(email, `email_sha256s[${index}]`)
    identifiers.push({ kind: 'email_sha256', value })
  }
  for (const [index, device] of (devices ?? []).entries()) {
    if (filled(device) === null) continue
    const value = parseDevice(device, `device_ids[${index}]`, warnings)
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

/** Nothing is kept of it, so what is no advertising id need not fail the call: it matches nobody. */
function parseDevice(text: string, field: string, warnings: Warnings): string | undefined {
  try {
    return parseAdvertisingId(text, field)
  } catch (error) {
    // An address is somebody's leak, and has to be heard of.
    if (!(error instanceof Problem) || text.includes('@')) throw error
    warnings.add({
      type: 'UnreadableIdentifier',
      message: `${error.message}; it matches nobody.`,
      field,
    })
    return undefined
  }
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
