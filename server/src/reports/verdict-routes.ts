import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { Routes } from '../http/api.ts'
import { onlyMerchant, onlyPublisher } from '../http/caller.ts'
import { Many, many, One, one } from '../http/envelope.ts'
import { ListQuery } from '../http/schema.ts'
import { readCommission } from '../commissions/transactions/read-commission.ts'
import type { ReadCommissionParts } from '../commissions/transactions/read-commission.ts'
import { organizationOf } from '../commissions/transactions/transaction-answer.ts'
import { transactionId } from '../commissions/transactions/transaction.ts'
import type { Database, Db } from '../kernel/database/database.ts'
import { normalizeDateField } from '../kernel/date-field.ts'
import { DEFAULT_PAGE_SIZE, parsePosition, UUID, positionCursor } from '../kernel/database/page.ts'
import { retry } from '../kernel/database/transaction.ts'
import type { Vault } from '../kernel/vault.ts'
import { countConflicts, listConflicts, listPublisherConflicts } from '../orders/conflict-store.ts'
import type { ConflictRow, PublisherConflictRow } from '../orders/conflict-store.ts'
import { decidedBy } from '../orders/decide.ts'
import { findWithdrawal } from '../orders/evidence-withdrawal-store.ts'
import type { EvidenceWithdrawal } from '../orders/evidence-withdrawal-store.ts'
import { getOrder } from '../orders/find-order.ts'
import { listOrders } from '../orders/order-store.ts'
import { decryptOrder } from '../orders/order.ts'
import type { Evidence, KnownIdentifiers, Order } from '../orders/order.ts'
import type { Directory, Snapshot } from '../organizations/directory.ts'
import {
  ConflictAnswer,
  ConflictCountAnswer,
  ConflictListQuery,
  PublisherConflictAnswer,
  VerdictAnswer,
} from '../orders/verdict-schema.ts'

export interface VerdictRouteParts extends ReadCommissionParts {
  directory: Directory
  database: Database
  vault: Vault
}

const tags = ['verdicts']

export function verdictRoutes(parts: VerdictRouteParts): Routes {
  const { vault, database } = parts
  return (api) => {
    api.get(
      '/order/:id/verdict',
      {
        config: { only: 'merchant' },
        schema: {
          operationId: 'getOrderVerdict',
          summary: 'What an order is paid as, the segment that held before it, and why',
          description: 'Taken once, when the order was accepted, with its evidence.',
          tags,
          params: Type.Object({ id: Type.String() }),
          response: { 200: One(VerdictAnswer) },
        },
      },
      async (request) => {
        const merchant = onlyMerchant(request)
        const { id } = request.params
        const order = await retry(() => getOrder(database.db, vault, merchant, id))
        return one(await answerVerdict(order, parts))
      },
    )
    conflictRoutes(parts)(api)
    publisherConflictRoute(parts)(api)
  }
}

function conflictRoutes({ vault, database: { db } }: VerdictRouteParts): Routes {
  return (api) => {
    api.get(
      '/verdict-conflicts',
      {
        config: { only: 'merchant' },
        schema: {
          operationId: 'listVerdictConflicts',
          summary: 'Orders of which you said otherwise than the network judged, newest first',
          description:
            'And attributed orders whose evidence was taken back after they had been judged: these have ' +
            '`evidence_withdrawn`. An order can be there as both. Test orders are left out. What is added is ' +
            'never before what was listed already: to follow the list, begin with the last date that you saw as ' +
            '`start`. What has that date itself comes again.',
          tags,
          querystring: ConflictListQuery,
          response: { 200: Many(ConflictAnswer) },
        },
      },
      async (request) => {
        const { number: merchant } = onlyMerchant(request)
        const { cursor, page_size: pageSize = DEFAULT_PAGE_SIZE, ...filters } = request.query
        const query = { merchant, ...parsePeriod(filters) }
        const bound = { ...filters, merchant }
        const { from } = parsePosition(cursor, bound, UUID)
        const limit = pageSize + 1
        const found = await retry(() => listConflicts(db, query, { before: from, limit }))
        const rows = found.slice(0, pageSize)
        const last = found.length > pageSize ? rows.at(-1) : undefined
        const place = last && { at: last.exact, id: last.id }
        const objects = rows.map((row) => answerConflict(vault, row))
        const next = positionCursor('after', place, bound)
        return many(request, { objects, next, previous: null })
      },
    )
    api.get(
      '/verdict-conflicts/count',
      {
        config: { only: 'merchant' },
        schema: {
          operationId: 'countVerdictConflicts',
          summary: 'How many conflicts there are',
          description: 'As they are listed. Test orders are left out.',
          tags,
          querystring: Type.Pick(ConflictListQuery, ['start', 'end'], {
            additionalProperties: false,
          }),
          response: { 200: One(ConflictCountAnswer) },
        },
      },
      async (request) => {
        const { number: merchant } = onlyMerchant(request)
        const query = { merchant, ...parsePeriod(request.query) }
        return one(await retry(() => countConflicts(db, query)))
      },
    )
  }
}

function publisherConflictRoute({ directory, database: { db } }: VerdictRouteParts): Routes {
  return (api) => {
    api.get(
      '/affiliation/verdict-conflicts',
      {
        config: { only: 'publisher' },
        schema: {
          operationId: 'listPublisherVerdictConflicts',
          summary:
            'Your transactions whose orders lost evidence after they were judged, newest first',
          description:
            'The merchant cancelled or changed the earlier order, undid the import or erased the customer. ' +
            'The verdict stays; what it rests on is gone.',
          tags,
          querystring: ListQuery,
          response: { 200: Many(PublisherConflictAnswer) },
        },
      },
      async (request) => {
        const { number: publisher } = onlyPublisher(request)
        const { cursor, page_size: pageSize = DEFAULT_PAGE_SIZE } = request.query
        const bound = { publisher, conflicts: true }
        const { from } = parsePosition(cursor, bound, UUID)
        const limit = pageSize + 1
        const found = await retry(() =>
          listPublisherConflicts(db, publisher, { before: from, limit }),
        )
        const rows = found.slice(0, pageSize)
        const last = found.length > pageSize ? rows.at(-1) : undefined
        const snapshot = directory.current()
        const objects = rows.map((row) => answerPublisherConflict(snapshot, row))
        const place = last && { at: last.at, id: last.id }
        const next = positionCursor('after', place, bound)
        return many(request, { objects, next, previous: null })
      },
    )
  }
}

function answerPublisherConflict(
  snapshot: Snapshot,
  row: PublisherConflictRow,
): Static<typeof PublisherConflictAnswer> {
  const evidence = row.counted ? row.evidence : row.later_evidence
  return {
    transaction_id: transactionId(row.transaction),
    button_order_id: row.button_id,
    commerce_organization: organizationOf(snapshot, row.merchant).id,
    judged: row.verdict,
    segment: row.segment,
    judged_date: row.created_at.toISOString().slice(0, 'YYYY-MM-DD'.length),
    evidence_withdrawn: { counted: row.counted, source: evidence?.source ?? 'order' },
  }
}

function parsePeriod({ start, end }: { start?: string; end?: string }) {
  return { start: normalizeDateField(start, 'start'), end: normalizeDateField(end, 'end') }
}

function answerConflict(vault: Vault, row: ConflictRow): Static<typeof ConflictAnswer> {
  return {
    button_order_id: row.button_id,
    order_id: decryptOrder(vault, row).order_id,
    claimed_new: row.claim,
    judged: row.verdict,
    segment: row.segment,
    policy: row.policy,
    judged_date: row.judged_at.toISOString(),
    ...(row.cause !== null && {
      evidence_withdrawn: answerWithdrawal({
        at: row.at,
        cause: row.cause,
        counted: row.counted ?? false,
      }),
    }),
  }
}

async function answerVerdict(
  order: Order,
  parts: VerdictRouteParts,
): Promise<Static<typeof VerdictAnswer>> {
  const { quote, later_evidence: later, clicked_at: clickedAt } = order
  const { database, vault } = parts
  const { db } = database
  const withdrawal = await retry(() => findWithdrawal(db, order.id))
  return {
    button_order_id: order.button_id,
    order_id: decryptOrder(vault, order).order_id,
    segment: order.segment,
    judged: order.verdict,
    claimed_new: order.claim,
    policy: order.policy,
    decided_by: decidedBy(order),
    judged_date: (order.listed_at ?? order.created_at).toISOString(),
    evidence: order.evidence && {
      ...(await answerEvidence(db, order.evidence)),
      ...(order.evidence.timing === 'same-publisher' && { same_publisher: true }),
    },
    ...(later &&
      clickedAt && {
        later_evidence: {
          ...(await answerEvidence(db, later)),
          clicked_date: clickedAt.toISOString(),
        },
      }),
    ...(withdrawal && { evidence_withdrawn: answerWithdrawal(withdrawal) }),
    known: order.known && answerKnown(order.known),
    quote: quote && {
      segment: quote.segment,
      date: quote.at,
      expires: quote.expires,
      outcome: quote.outcome,
    },
    commission: await retry(() => readCommission(parts, db, order)),
  }
}

/** Orders of earlier versions have more: what their publisher's customer had, which is none of the merchant's. */
function answerKnown({ customer, email_sha256, advertising_id }: KnownIdentifiers) {
  return { customer, email_sha256, advertising_id }
}

function answerWithdrawal({
  at,
  cause,
  counted,
}: Pick<EvidenceWithdrawal, 'at' | 'cause' | 'counted'>) {
  return { date: at.toISOString(), cause, counted }
}

async function answerEvidence(db: Db, evidence: Evidence) {
  const what = {
    matched: evidence.matched,
    // Evidence that was stored before publishers' customers were looked at doesn't say.
    through: (evidence as Partial<typeof evidence>).through ?? 'merchant',
    source: evidence.source,
    known_date: evidence.since,
  }
  if (evidence.source === 'import') {
    const { import: import_id, first_purchase_date, last_purchase_date } = evidence
    return { ...what, import_id, first_purchase_date, last_purchase_date }
  }
  const [earlier] = await retry(() => listOrders(db, [evidence.order]))
  return { ...what, button_order_id: earlier?.button_id ?? '' }
}
