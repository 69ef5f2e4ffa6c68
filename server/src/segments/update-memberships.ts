import { randomUUID } from 'node:crypto'
import type {
  Segments,
  Settled,
  SettleWork,
  Standing,
  Subject,
  ToSettle,
} from '../customers/standing.ts'
import { lockCustomers, raiseEventSequences } from '../customers/customer-store.ts'
import { readMatches } from '../customers/identity-store.ts'
import { appendEvents } from '../events/append-events.ts'
import type { NewEvent } from '../events/event.ts'
import type { Db, Tx } from '../kernel/database/database.ts'
import { newId } from '../kernel/id.ts'
import { ownerOf } from '../kernel/key.ts'
import type { Directory } from '../organizations/directory.ts'
import type { Role } from '../organizations/organization.ts'
import { readAudiences, readRoles } from './audience-store.ts'
import { derive } from './derive.ts'
import { closeMemberships, openMemberships, readOpenMemberships } from './membership-store.ts'
import type { OpenMembership } from './membership-store.ts'

/** One customer that enters or leaves the active segment of one merchant. */
interface Move {
  customer: string
  merchant: number
  enters: boolean
  membership: string
  isSilent: boolean
}

/**
 * Settles: derives where the customers stand, compares with their open memberships, and writes the
 * difference and its events. Their own rows are locked first (those of `locked` are already), and
 * what is derived from is read after that, so the last to settle a customer has seen everything.
 */
export function createSegments({ directory }: { directory: Directory }): Segments {
  const settle: Segments['settle'] = async (tx, work) => {
    const { locked, affected, unchanged = [], cause, at, quietFor } = work
    const holders = await lockCustomers(tx, affected)
    const subjects: ToSettle[] = [
      ...locked,
      ...holders.map(({ id, purchased }) => ({ key: id, purchased, isFirst: false })),
    ]
    const standings = await readStandings(tx, directory, [...subjects, ...unchanged])
    // Whoever is evaluated for the first time has never been anywhere.
    const known = subjects.filter(({ isFirst }) => !isFirst).map(({ key }) => key)
    const moves = movesOf(subjects, standings, await readOpenMemberships(tx, known))
    await writeMemberships(tx, moves, cause, at)
    return { standings, lanes: await writeEvents(tx, moves, { cause, at, quietFor }) }
  }
  return { settle, readStandings: (db, subjects) => readStandings(db, directory, subjects) }
}

async function readStandings(
  db: Db,
  directory: Directory,
  subjects: (Subject & Pick<ToSettle, 'identities'>)[],
): Promise<Settled['standings']> {
  const keys = subjects.map(({ key }) => key)
  const toRead = subjects.filter(({ identities }) => !identities).map(({ key }) => key)
  const matches = Map.groupBy(await readMatches(db, toRead), (match) => match.customer)
  const roles = await rolesOf(db, directory, keys)
  return new Map(
    subjects.map((subject) => {
      const role = roles.get(ownerOf(subject.key)) ?? 'publisher'
      return [
        subject.key,
        derive(subject, role, subject.identities ?? matches.get(subject.key) ?? []),
      ]
    }),
  )
}

/** From memory; an organization so young that it isn't there yet is read in the tx. */
async function rolesOf(db: Db, directory: Directory, keys: string[]): Promise<Map<number, Role>> {
  const snapshot = directory.current()
  const roles = new Map<number, Role>()
  const unknown = new Set<number>()
  for (const owner of new Set(keys.map(ownerOf))) {
    const organization = snapshot.byNumber(owner)
    if (organization) roles.set(owner, organization.role)
    else unknown.add(owner)
  }
  if (unknown.size === 0) return roles
  return new Map([...roles, ...(await readRoles(db, [...unknown]))])
}

function movesOf(
  subjects: ToSettle[],
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

/**
 * Numbers and appends an event for each move that its customer's organization may see; how many lanes
 * have something to send by that.
 */
async function writeEvents(
  tx: Tx,
  moves: Move[],
  { cause, at, quietFor }: Pick<SettleWork, 'cause' | 'at' | 'quietFor'>,
): Promise<number> {
  const loud = moves.filter((move) => !move.isSilent)
  if (loud.length === 0) return 0
  const pairs = loud.map(({ customer, merchant }) => ({
    organization: ownerOf(customer),
    merchant,
  }))
  const audiences = new Map(
    (await readAudiences(tx, pairs)).map((a) => [`${a.organization} ${a.merchant}`, a.period]),
  )
  const told = loud.flatMap((move) => {
    const period = audiences.get(`${ownerOf(move.customer)} ${move.merchant}`)
    return period === undefined ? [] : [{ ...move, period }]
  })
  if (told.length === 0) return 0
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
  const { lanes } = await appendEvents(tx, events)
  return lanes
}
