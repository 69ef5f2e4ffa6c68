import { randomUUID } from 'node:crypto'
import type { Standing, Subject, SubjectToUpdate } from '../customers/standing.ts'
import { lockCustomers, raiseEventSequences } from '../customers/customer-store.ts'
import { appendEvents } from '../events/append-events.ts'
import type { Cause, NewEvent } from '../events/event.ts'
import type { Tx } from '../kernel/database/database.ts'
import { newId } from '../kernel/id.ts'
import { ownerOf } from '../kernel/key.ts'
import type { Directory } from '../organizations/directory.ts'
import { listAudiences } from './audience-store.ts'
import { findStandings } from './find-standings.ts'
import { closeMemberships, openMemberships, listOpenMemberships } from './membership-store.ts'
import type { OpenMembership } from './membership-store.ts'

/** One customer that enters or leaves the active segment of one merchant. */
interface Move {
  customer: string
  merchant: number
  enters: boolean
  membership: string
  isSilent: boolean
}

export interface MembershipParts {
  directory: Pick<Directory, 'current'>
}

/** What changed of customers, whose segments may be others by that. */
export interface SubjectChanges {
  /** Customers whose rows the tx has already locked. */
  locked: SubjectToUpdate[]
  /** Further customers whose segments may be others now. */
  affected: string[]
  /** Customers that did not change: their standing is wanted, nothing is written of them. */
  unchanged?: Subject[]
  cause: Cause
  at: Date
  /** The number of an organization that asked not to be told of this change. */
  quietFor?: number | undefined
}

/**
 * Updates memberships: derives where the customers stand, compares with their open memberships, and
 * writes the difference and its events. Answers where each customer stands now. Their own rows are locked
 * first (those of `locked` are already), and what is derived from is read after that, so the last tx
 * that updates a customer has seen everything. Idempotent: it derives, it does not add up.
 */
export async function updateMemberships(
  parts: MembershipParts,
  tx: Tx,
  { locked, affected, unchanged = [], cause, at, quietFor }: SubjectChanges,
): Promise<Map<string, Standing>> {
  const holders = await lockCustomers(tx, affected)
  const subjects: SubjectToUpdate[] = [
    ...locked,
    ...holders.map(({ id, purchased }) => ({ key: id, purchased, isFirst: false })),
  ]
  const standings = await findStandings(parts, tx, [...subjects, ...unchanged])
  // A customer that is evaluated for the first time has never been anywhere.
  const known = subjects.filter(({ isFirst }) => !isFirst).map(({ key }) => key)
  const moves = movesOf(subjects, standings, await listOpenMemberships(tx, known))
  await writeMemberships(tx, moves, cause, at)
  await appendMoves(tx, moves, { cause, at, quietFor })
  return standings
}

function movesOf(
  subjects: SubjectToUpdate[],
  standings: Map<string, Standing>,
  memberships: OpenMembership[],
): Move[] {
  const open = Map.groupBy(memberships, (membership) => membership.customer)
  return subjects.flatMap(({ key, isFirst, isUntold = false }) => {
    const [its, active] = [open.get(key) ?? [], standings.get(key)?.active ?? new Set<number>()]
    if (its.length === 0 && active.size === 0) return []
    const stays = new Map(its.map((stay) => [stay.merchant, stay.id]))
    const changed = [...active.symmetricDifference(new Set(stays.keys()))].sort((a, b) => a - b)
    return changed.map((merchant) => ({
      customer: key,
      merchant,
      enters: active.has(merchant),
      membership: stays.get(merchant) ?? randomUUID(),
      isSilent: isFirst || isUntold,
    }))
  })
}

async function writeMemberships(tx: Tx, moves: Move[], cause: string, at: Date): Promise<void> {
  const stays = moves.map((move) => ({ ...move, id: move.membership }))
  const entering = stays.filter((stay) => stay.enters)
  const leaving = stays.filter((stay) => !stay.enters)
  await openMemberships(tx, entering, { by: cause, at })
  await closeMemberships(tx, leaving, { by: cause, at })
}

/** Numbers and appends an event for each move that its customer's organization may see. */
async function appendMoves(
  tx: Tx,
  moves: Move[],
  { cause, at, quietFor }: Pick<SubjectChanges, 'cause' | 'at' | 'quietFor'>,
): Promise<void> {
  const loud = moves.filter((move) => !move.isSilent)
  if (loud.length === 0) return
  const pairs = loud.map(({ customer, merchant }) => ({
    organization: ownerOf(customer),
    merchant,
  }))
  const audiences = new Map(
    (await listAudiences(tx, pairs)).map((a) => [`${a.organization} ${a.merchant}`, a.period]),
  )
  const told = loud.flatMap((move) => {
    const period = audiences.get(`${ownerOf(move.customer)} ${move.merchant}`)
    return period === undefined ? [] : [{ ...move, period }]
  })
  if (told.length === 0) return
  const byCustomer = Map.groupBy(told, (move) => move.customer)
  const counters = await raiseEventSequences(
    tx,
    [...byCustomer].map(([customer, { length }]) => ({ customer, by: length })),
  )
  const events = [...byCustomer].flatMap(([customer, its]) =>
    (counters.has(customer) ? its : []).map((move, index): NewEvent => ({
      id: newId('hook'),
      subject: customer,
      sequence: (counters.get(customer) ?? 0) + index + 1,
      at,
      organization: ownerOf(customer),
      type: ownerOf(customer) === quietFor ? 'segment-change-quiet' : 'segment-change',
      merchant: move.merchant,
      previous: move.enters ? 'new' : 'active',
      current: move.enters ? 'active' : 'new',
      cause,
      period: move.period,
      blob: null,
    })),
  )
  await appendEvents(tx, events)
}
