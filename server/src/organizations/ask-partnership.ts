import type { Act } from '../journal/entry.ts'
import type { Db } from '../kernel/database/database.ts'
import { inTx, retry } from '../kernel/database/transaction.ts'
import { DAY_MS } from '../kernel/durations.ts'
import { conflict, Problem } from '../kernel/problem.ts'
import type { Organization, Partnership } from './organization.ts'
import { countRequests, findPartnership } from './partnership-store.ts'
import type { PartnershipRow } from './partnership-store.ts'
import { bumpVersion } from './snapshot-store.ts'
import { writePartnership } from './write-partnership.ts'

/** How long a no holds: a publisher asks a merchant at most so often. */
export const ASK_AGAIN_DAYS = 30

/** How many merchants may have an open request of one publisher. */
export const MAX_REQUESTS = 50

/** From when on a publisher can ask again; undefined where it can now, or has no need to. */
export function findAskAgain(
  its: Pick<Partnership, 'status' | 'declinedAt'> | undefined,
  now: Date,
): Date | undefined {
  if (its?.status !== 'available' || its.declinedAt === null) return undefined
  const date = new Date(its.declinedAt.getTime() + ASK_AGAIN_DAYS * DAY_MS)
  return date > now ? date : undefined
}

export interface PartnershipRequest {
  publisher: Organization
  merchant: Organization
  act: Act
  now: Date
}

/**
 * A publisher asks a merchant to work with it. Where it has asked or is approved nothing changes, and nothing
 * is written. @throws Problem 409 too soon after a no, and where too many of its requests are open
 */
export async function askPartnership(db: Db, request: PartnershipRequest): Promise<PartnershipRow> {
  // Without the lock at first: who asks again and again holds up nobody else.
  const known = await retry(() => findStanding(db, request))
  if (known) return known
  return inTx(db, async (tx) => {
    await bumpVersion(tx)
    const standing = await findStanding(tx, request)
    if (standing) return standing
    const { publisher } = request
    return writePartnership(tx, {
      ...{ ...request, status: 'pending', action: 'partnership.ask', by: publisher },
    })
  })
}

/** What there is to answer with; undefined where it can be asked. @throws Problem 409 */
async function findStanding(
  db: Db,
  { publisher, merchant, now }: PartnershipRequest,
): Promise<PartnershipRow | undefined> {
  const row = await findPartnership(db, publisher.number, merchant.number)
  if (row && row.status !== 'available') return row
  const askAgain = findAskAgain(row && { status: row.status, declinedAt: row.declined_at }, now)
  if (askAgain) {
    const date = askAgain.toISOString()
    const message = `The answer was no. You can ask again after ${ASK_AGAIN_DAYS} days, from ${date} on.`
    throw new Problem(409, 'Conflict', message, { ask_again_date: date })
  }
  if ((await countRequests(db, publisher.number)) >= MAX_REQUESTS) {
    throw conflict(`${MAX_REQUESTS} of your requests are not answered yet; there can be no more.`)
  }
  return undefined
}
