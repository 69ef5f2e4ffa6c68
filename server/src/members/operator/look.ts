import { appendEntry } from '../../journal/append-entries.ts'
import type { Act } from '../../journal/entry.ts'
import type { Db } from '../../kernel/database/database.ts'
import { inTx } from '../../kernel/database/transaction.ts'
import { MINUTE_MS } from '../../kernel/durations.ts'
import { newId } from '../../kernel/id.ts'
import { Problem, conflict, notFound } from '../../kernel/problem.ts'
import { endLooks } from '../../organizations/end-looks.ts'
import { insertLook } from '../../organizations/look-store.ts'
import type { Look } from '../../organizations/look-store.ts'
import type { Session } from '../../organizations/session.ts'
import { findMember } from '../people/member-store.ts'
import { findOrganization } from '../../organizations/organization-store.ts'
import { bumpVersion } from '../../organizations/snapshot-store.ts'

const LOOK_MS = 30 * MINUTE_MS

/** Who looks, and when. */
export interface LookBy {
  /** The operator's. */
  session: Pick<Session, 'id' | 'person'>
  act: Act
  now: Date
}

/**
 * Lets an operator's session read the organization's pages for 30 minutes. The organization's own journal tells it,
 * with the reason. @throws Problem 404, 403 where the organization lets no operator look, and 409 for its members,
 * who may change things there
 */
export async function beginLook(
  db: Db,
  { organization: id, reason }: { organization: string; reason: string },
  { session, act, now }: LookBy,
): Promise<Look> {
  return inTx(db, async (tx) => {
    // In a row with those who switch it off.
    await bumpVersion(tx)
    const organization = await findOrganization(tx, id)
    if (!organization) throw notFound(id)
    if (!organization.operatorMayLook) {
      throw new Problem(403, 'LookRefused', 'This organization lets no operator look at its pages.')
    }
    if (await findMember(tx, organization.number, session.person.id)) {
      throw conflict('You are a member of this organization: read its pages as that.')
    }
    const ends = new Date(now.getTime() + LOOK_MS)
    const { number } = organization
    const look = { id: newId('look'), organization: number, reason, begun_at: now, ends_at: ends }
    const place = { organization: number, session: session.id }
    await endLooks(tx, place, { act, now, why: 'begun-anew' })
    await insertLook(tx, { ...look, session: session.id })
    appendEntry(tx, {
      ...{ organization: number, at: now, act, action: 'look.begin', object: look.id },
      after: { reason, until_date: ends.toISOString() },
    })
    return look
  })
}

/** Ends it before its time; does nothing where none goes on. @throws Problem 404 */
export async function endLook(db: Db, id: string, { session, act, now }: LookBy): Promise<void> {
  await inTx(db, async (tx) => {
    const organization = await findOrganization(tx, id)
    if (!organization) throw notFound(id)
    const place = { organization: organization.number, session: session.id }
    await endLooks(tx, place, { act, now, why: 'by-hand' })
  })
}
