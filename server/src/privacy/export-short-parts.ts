import { answerCustomer, visibleMerchants } from '../customers/customer-answer.ts'
import { decryptCustomer, purchaseOf } from '../customers/customer.ts'
import type { Customer } from '../customers/customer.ts'
import { sealIdentifier } from '../customers/identifier.ts'
import { listIdentifiers, valuesOf } from '../customers/provenance.ts'
import type { CustomerContent } from '../customers/provenance.ts'
import { CAUSES } from '../events/event.ts'
import { idOfKey } from '../kernel/key.ts'
import type { Organization } from '../organizations/organization.ts'
import { listOrders } from '../orders/order-store.ts'
import { answerHistory } from '../reports/look-up-answer.ts'
import { readHistory } from '../reports/read-history.ts'
import type { ReportParts } from '../reports/report-parts.ts'
import type { Membership } from '../segments/membership-store.ts'
import { segmentsSeenSince } from '../segments/since.ts'
import type { CustomerExport, longLists } from './customer-export-schema.ts'
import {
  findLastSign,
  listLanesOf,
  listAllStays,
  listNamingImports,
  listRemovalsOf,
  listReplaysOf,
} from './customer-export-store.ts'

type ShortParts = Omit<CustomerExport, keyof typeof longLists>

/** What is held of a customer in its own row, and in lists that are never long. */
export async function readShortParts(
  parts: ReportParts,
  organization: Organization,
  { id, row }: { id: string; row: Customer },
): Promise<ShortParts> {
  const { db } = parts.database
  const content = decryptCustomer(parts.vault, row)
  const history = await readHistory(parts, organization, id)
  const snapshot = parts.directory.current()
  const { created_at: createdAt, modified_at: modifiedAt } = row
  const view = { content, createdAt, modifiedAt, ...history.standing }
  const stays = await listAllStays(db, row.id)
  const removals = await listRemovalsOf(db, row.id)
  return {
    customer: answerCustomer(view, organization, snapshot),
    identifiers: datedIdentifiers(parts, row, content),
    sources: sourcesOf(content),
    purchase: await readPurchase(parts, row),
    last_sign_day: await findLastSign(db, row.id),
    segments: answerHistory(history, organization, snapshot),
    memberships: toldStays(parts, organization, stays),
    imports: (await listNamingImports(db, organization.number, row.id)).map((each) => ({
      id: idOfKey('import', each.key),
      created_date: each.created_at.toISOString(),
    })),
    removals: removals.map((removal) => ({
      import_id: idOfKey('import', removal.import),
      taken_by_import_id: idOfKey('import', removal.taken_by),
      sources: sourcesOf(decryptCustomer(parts.vault, { id: row.id, blob: removal.blob })),
    })),
    waiting: (await listLanesOf(db, organization.number, row.id)).map((lane) => ({
      webhook_id: lane.webhook,
      from_sequence: lane.acked + 1,
      to_sequence: lane.tail,
      waiting_since_date: lane.waiting_since.toISOString(),
    })),
    replays: (await listReplaysOf(db, organization.number, row.id)).map((each) => ({
      id: each.id,
      created_date: each.created_at.toISOString(),
    })),
  }
}

function datedIdentifiers(
  { vault }: ReportParts,
  { late_identities: late, created_at: createdAt }: Customer,
  content: CustomerContent,
): ShortParts['identifiers'] {
  return listIdentifiers(content).map((identifier) => ({
    ...identifier,
    since_date: late?.[sealIdentifier(vault, identifier)] ?? createdAt.toISOString(),
  }))
}

function sourcesOf(content: CustomerContent): ShortParts['sources'] {
  const { fromCalls, contributions } = valuesOf(content)
  const none = { import_id: null, since_date: null, has_purchased: false }
  const dates = { first_purchase_date: null, last_purchase_date: null }
  return [
    ...(fromCalls
      ? [
          {
            ...none,
            emails_sha256: fromCalls.emails,
            ...dates,
            advertising_ids: fromCalls.advertising_ids,
          },
        ]
      : []),
    ...contributions.map((each) => ({
      import_id: each.import,
      since_date: each.at,
      has_purchased: each.purchaseDates !== null,
      emails_sha256: each.emails,
      advertising_ids: each.advertising_ids,
      first_purchase_date: each.purchaseDates?.first ?? null,
      last_purchase_date: each.purchaseDates?.last ?? null,
    })),
  ]
}

async function readPurchase(
  { database }: ReportParts,
  row: Customer,
): Promise<ShortParts['purchase']> {
  const purchase = purchaseOf(row)
  if (purchase === null) return null
  const [order] = purchase.order === null ? [] : await listOrders(database.db, [purchase.order])
  return {
    known_since_date: purchase.at.toISOString(),
    button_order_id: order?.button_id ?? null,
    import_id: purchase.import === null ? null : idOfKey('import', purchase.import),
  }
}

const causeOf = (by: string | null) => CAUSES.find((cause) => cause === by) ?? null

/**
 * Stays at merchants whose segments the organization sees. A move from before it saw them would tell it the day of
 * a purchase that is somebody else's business.
 */
function toldStays(
  { directory }: ReportParts,
  organization: Organization,
  stays: Membership[],
): ShortParts['memberships'] {
  const snapshot = directory.current()
  const merchants = new Map(
    visibleMerchants(organization, snapshot).map((merchant) => [merchant.number, merchant]),
  )
  return stays.flatMap((stay) => {
    const merchant = merchants.get(stay.merchant)
    if (!merchant) return []
    const partnership = snapshot.partnership(organization.number, merchant.number)
    const seenSince =
      merchant.number === organization.number
        ? new Date(0)
        : segmentsSeenSince(merchant, partnership)
    const { entered_at: enteredAt, left_at: leftAt } = stay
    if (leftAt !== null && leftAt < seenSince) return []
    const isSeen = enteredAt >= seenSince
    return {
      organization_id: merchant.id,
      segment: 'active' as const,
      entered_date: isSeen ? enteredAt.toISOString() : null,
      entered_by: isSeen ? causeOf(stay.entered_by) : null,
      left_date: leftAt?.toISOString() ?? null,
      left_by: causeOf(stay.left_by),
    }
  })
}
