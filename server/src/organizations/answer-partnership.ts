import type { Db, Tx } from '../kernel/database/database.ts'
import { inTx, retry } from '../kernel/database/transaction.ts'
import { conflict, notFound, Problem } from '../kernel/problem.ts'
import type { PartnershipRequest } from './ask-partnership.ts'
import { findOrganization } from './organization-store.ts'
import { findPartnership } from './partnership-store.ts'
import type { PartnershipRow } from './partnership-store.ts'
import { bumpVersion } from './snapshot-store.ts'
import { writePartnership } from './write-partnership.ts'

export const PARTNERSHIP_ANSWERS = ['approve', 'decline'] as const
export type RequestAnswer = (typeof PARTNERSHIP_ANSWERS)[number]

/**
 * A merchant answers a publisher that asks. The same answer again changes nothing. @throws Problem 403 where the
 * operator answers in its place; 404 for a publisher that does not ask; 409 to decline one that is approved
 */
export async function answerPartnership(
  db: Db,
  request: PartnershipRequest & { answer: RequestAnswer },
): Promise<PartnershipRow> {
  const known = await retry(() => findAnswered(db, request))
  if (known) return known
  return inTx(db, async (tx) => {
    await bumpVersion(tx)
    const answered = await findAnswered(tx, request)
    if (answered) return answered
    const { answer, ...asked } = request
    return writePartnership(tx, {
      ...asked,
      status: answer === 'approve' ? 'approved' : 'available',
      ...{ action: `partnership.${answer}`, by: request.merchant },
    })
  })
}

/** What there is to answer with already; undefined where a request waits. */
async function findAnswered(
  db: Db | Tx,
  { publisher, merchant, answer }: PartnershipRequest & { answer: RequestAnswer },
): Promise<PartnershipRow | undefined> {
  const current = await findOrganization(db, merchant.id)
  if (!current?.answersPublishers) {
    throw new Problem(403, 'Forbidden', 'Publishers that ask are answered by the operator.')
  }
  const row = await findPartnership(db, publisher.number, merchant.number)
  if (row?.status === 'pending') return undefined
  if (row?.status === 'approved') {
    if (answer === 'approve') return row
    throw conflict('This publisher works with you; only the operator ends that.')
  }
  if (answer === 'decline' && row && row.declined_at !== null) return row
  throw notFound(publisher.id)
}
