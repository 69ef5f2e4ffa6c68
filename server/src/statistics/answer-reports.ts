import type { Static } from 'typebox'
import { FEWEST_PEOPLE } from '../customers/privacy-floor.ts'
import { invalidField } from '../kernel/problem.ts'
import { parseOfRole } from '../organizations/find-in-directory.ts'
import type { Organization } from '../organizations/organization.ts'
import type { Snapshot } from '../organizations/directory.ts'
import type { SegmentCounts } from './counts.ts'
import { groupCounts } from './group-counts.ts'
import { listMatchedFiles } from './match-imports.ts'
import type { MatchedFile } from './match-imports.ts'
import { parseDays, readCommissions, readMoves, readSegments } from './read-reports.ts'
import type { CommissionDay, MoveDay, ReadingParts } from './read-reports.ts'
import * as schema from './report-schema.ts'

type SegmentReport = Static<typeof schema.SegmentReportAnswer>
type MoveReport = Static<typeof schema.MoveReportAnswer>
type CommissionReport = Static<typeof schema.CommissionReportAnswer>
type MatchReport = Static<typeof schema.MatchReportAnswer>

export async function answerSegments(
  parts: ReadingParts,
  publisher: Organization,
  query: Static<typeof schema.SegmentReportQuery>,
): Promise<SegmentReport> {
  const range = parseDays(parts.clock.now(), query)
  const merchant = parseOfRole(
    parts.directory,
    query.merchant_id,
    'merchant',
    'merchant_id',
  )?.number
  const { asOf, days } = await readSegments(parts, publisher, range)
  const snapshot = parts.directory.current()
  return {
    as_of_date: asOf?.toISOString() ?? null,
    floor: FEWEST_PEOPLE,
    days: days.map(({ day, asOf: at, counts }) => ({
      ...{ day, as_of_date: at.toISOString(), customers: counts?.customers ?? null },
      matched: counts && !counts.isPartial ? counts.matched : null,
      merchants: (counts?.merchants ?? [])
        .filter((each) => merchant === undefined || each.merchant === merchant)
        .map((each) => ({
          ...sayMerchant(snapshot, each.merchant),
          active: each.active,
          new: (counts?.customers ?? 0) - each.active,
        })),
    })),
  }
}

export async function answerMoves(
  parts: ReadingParts,
  publisher: Organization,
  query: Static<typeof schema.MoveReportQuery>,
): Promise<MoveReport> {
  const range = parseDays(parts.clock.now(), query)
  const by = parseBy(query.by, schema.MOVE_DIMENSIONS, schema.MOVE_DIMENSIONS)
  const merchant = parseOfRole(
    parts.directory,
    query.merchant_id,
    'merchant',
    'merchant_id',
  )?.number
  const { asOf, moves } = await readMoves(parts, publisher, range)
  const wanted = moves.filter((each) => merchant === undefined || each.merchant === merchant)
  const grouped: Partial<MoveDay>[] = groupCounts(wanted, by, ['moves'])
  const snapshot = parts.directory.current()
  return {
    as_of_date: asOf?.toISOString() ?? null,
    moves: grouped.map((group) => ({
      day: group.day ?? null,
      merchant_id: null,
      merchant_name: null,
      ...(group.merchant !== undefined && sayMerchant(snapshot, group.merchant)),
      segment: group.segment ?? null,
      cause: group.cause ?? null,
      moves: group.moves ?? 0,
    })),
  }
}

export async function answerCommissions(
  parts: ReadingParts,
  organization: Organization,
  query: Static<typeof schema.CommissionReportQuery>,
): Promise<CommissionReport> {
  const range = parseDays(parts.clock.now(), query)
  const by = parseBy(query.by, schema.COMMISSION_DIMENSIONS, DEFAULT_BY)
  const role = organization.role === 'publisher' ? 'merchant' : 'publisher'
  const partner = parseOfRole(parts.directory, query.partner_id, role, 'partner_id')?.number
  const byCategory = by.includes('category')
  const read = await readCommissions(parts, organization, range, { byCategory })
  const wanted = read.commissions.filter(
    (each) =>
      (partner === undefined || each.partner === partner) &&
      (query.segment === undefined || each.segment === query.segment) &&
      (query.status === undefined || each.status === query.status) &&
      (query.currency === undefined || each.currency === query.currency),
  )
  const sums = ['transactions', 'base', 'amount'] as const
  const grouped: Partial<CommissionDay>[] = groupCounts(wanted, [...by, 'currency'], sums)
  const snapshot = parts.directory.current()
  return {
    as_of_date: read.asOf?.toISOString() ?? null,
    commissions: grouped.map((group) => ({
      day: group.day ?? null,
      partner_id: idOf(snapshot, group.partner),
      partner_name: nameOf(snapshot, group.partner),
      segment: group.segment ?? null,
      status: group.status ?? null,
      category: group.category ?? null,
      currency: group.currency ?? '',
      transactions: group.transactions ?? 0,
      order_total: toSafe(group.base),
      amount: toSafe(group.amount),
    })),
  }
}

const DEFAULT_BY = ['day', 'partner', 'segment', 'status'] as const

/** A publisher's match report, of how things stand now. */
export async function answerMatch(
  parts: ReadingParts,
  publisher: Organization,
): Promise<MatchReport> {
  const { asOf, days } = await readSegments(parts, publisher, parseDays(parts.clock.now(), {}))
  const last = days.at(-1)?.counts ?? null
  // Counted while other merchants were seen as well: until the next count there is nothing to tell.
  const counts = last?.isPartial ? null : last
  const files = await listMatchedFiles(parts, publisher)
  const snapshot = parts.directory.current()
  return {
    as_of_date: asOf?.toISOString() ?? null,
    floor: FEWEST_PEOPLE,
    files: files.map(answerFile),
    customers: counts && {
      ...{ all: counts.customers, identified: counts.identified, matched: counts.matched },
      kinds: Object.entries(counts.kinds).map(([kind, its]) => ({
        kind: kind as keyof SegmentCounts['kinds'],
        ...its,
      })),
      merchants: counts.merchants.map(({ merchant, active }) => ({
        ...sayMerchant(snapshot, merchant),
        matched: active,
      })),
    },
    hints: listHints(counts, files[0], snapshot),
  }
}

function answerFile({ id, endedAt, rows, readable, hashed, losses }: MatchedFile) {
  return {
    ...{ id, ended_date: endedAt.toISOString(), rows, readable, hashed },
    losses: losses.map(({ code, count, message, advice }) => ({ code, count, message, advice })),
  }
}

/** What would raise the matches, by the step at which customers are lost. */
function listHints(
  counts: SegmentCounts | null,
  file: MatchedFile | undefined,
  snapshot: Snapshot,
): schema.MatchHint[] {
  const hints: schema.MatchHint[] = []
  if (file && file.readable < file.rows) hints.push('mend-rows')
  if (file && file.hashed < file.readable) hints.push('mend-identifiers')
  if (!counts) return hints
  if (counts.identified < counts.customers) hints.push('send-identifiers')
  if (counts.kinds.advertising_id.customers < counts.kinds.email_sha256.customers) {
    hints.push('send-advertising-ids')
  }
  if (counts.merchants.length < snapshot.merchants().length) hints.push('ask-merchants')
  return hints
}

/** The words of `by`. @throws Problem 400 for one that is none of the dimensions, or is there twice */
function parseBy<T extends string>(
  text: string | undefined,
  dimensions: readonly T[],
  otherwise: readonly T[],
): readonly T[] {
  if (text === undefined) return otherwise
  const words = text.split(',').map((word) => word.trim())
  const known = dimensions.filter((dimension) => words.includes(dimension))
  if (known.length === words.length) return known
  throw invalidField('by', `by must be some of ${dimensions.join(', ')}, with commas between them`)
}

function sayMerchant(snapshot: Snapshot, merchant: number) {
  return {
    merchant_id: idOf(snapshot, merchant) ?? '',
    merchant_name: nameOf(snapshot, merchant) ?? '',
  }
}

const idOf = (snapshot: Snapshot, number: number | undefined): string | null =>
  (number === undefined ? undefined : snapshot.byNumber(number)?.id) ?? null

const nameOf = (snapshot: Snapshot, number: number | undefined): string | null =>
  (number === undefined ? undefined : snapshot.byNumber(number)?.name) ?? null

function toSafe(sum = 0): number {
  if (Number.isSafeInteger(sum)) return sum
  throw invalidField('start', 'The sums are beyond 2^53: choose a shorter time.')
}
