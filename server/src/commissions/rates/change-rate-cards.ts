import { isDeepStrictEqual } from 'node:util'
import type { Db, Tx } from '../../kernel/database/database.ts'
import { Problem, conflict, invalidField, notFound } from '../../kernel/problem.ts'
import { inTx } from '../../kernel/database/transaction.ts'
import { appendEntry } from '../../journal/append-entries.ts'
import { findDifferences } from '../../journal/entry.ts'
import type { Act, NewEntry } from '../../journal/entry.ts'
import { listOrganizationIds } from '../../organizations/organization-store.ts'
import { listStays, overlap } from './rate-card.ts'
import type { RateCardVersion, Stay } from './rate-card.ts'
import {
  bumpCatalog,
  insertCard,
  insertVersion,
  listVersions,
  renameCard,
} from './rate-card-store.ts'
import type { Rate } from './rate.ts'

// All are read with each set of orders, if without their rates.
const MAX_VERSIONS = 10_000

/** Which card is changed, of a merchant by its number, and who changes it when. */
export interface CardPlace {
  merchant: number
  card: string
  act: Act
  now: Date
}

/** What a card is to be from `start` on; absent members stay as they are. */
export interface VersionChange {
  name?: string | undefined
  rates?: Rate[] | undefined
  /** Now when absent. */
  start?: Date | undefined
  /** Null: no end. */
  end?: Date | null | undefined
}

/** All versions of the card afterwards. A 409 where another card is in force at the same time. */
export async function createRateCard(
  db: Db,
  first: RateCardVersion,
  act: Act,
): Promise<RateCardVersion[]> {
  const { start, end } = first
  if (end !== null && end <= start) throw endTooEarly()
  return inTx(db, async (tx) => {
    await bumpCatalog(tx)
    const versions = await listVersions(tx, [first.merchant])
    // The answer to COMMIT may have been lost.
    if (!versions.some(({ card }) => card === first.card)) {
      assertRoom(versions)
      assertAlone(versions, first)
      await insertCard(tx, first)
      await insertVersion(tx, first)
      const [publisher = null] =
        first.publisher === null ? [] : await listOrganizationIds(tx, [first.publisher])
      const { merchant, card, createdAt: now } = first
      await journalCard(tx, { merchant, card, act, now }, 'ratecard.create', {
        after: { ...cardFields(first), publisher_id: publisher },
      })
    }
    return [first]
  })
}

/**
 * Adds a version that is in force from its start on, or only changes the name. A change to what is
 * the case already adds none.
 */
export async function changeRateCard(
  db: Db,
  place: CardPlace,
  change: VersionChange,
): Promise<RateCardVersion[]> {
  return inTx(db, async (tx) => {
    const { versions, own, last } = await lockCard(tx, place)
    const { name = last.name } = change
    if (name !== last.name) await renameCard(tx, place.merchant, place.card, name)
    const renamed = own.map((each) => ({ ...each, name }))
    const added = addedVersion({ ...last, name }, change, place.now)
    if (added) {
      assertRoom(versions)
      assertAlone(versions, added)
      await insertVersion(tx, added)
    }
    const now = added ?? { ...last, name }
    const difference = findDifferences(cardFields(last), cardFields(now))
    if (difference) await journalCard(tx, place, 'ratecard.change', difference)
    return added ? [...renamed, added] : renamed
  })
}

/** The version that the change adds; undefined where nothing but a name is new. */
function addedVersion(
  last: RateCardVersion,
  change: VersionChange,
  now: Date,
): RateCardVersion | undefined {
  const { rates, start, end } = change
  if (rates === undefined && start === undefined && end === undefined) return undefined
  const next = nextVersion(last, change, now)
  return isSaid(last, next) ? undefined : next
}

/**
 * Ends a card, with all that was scheduled for it from then on. One that has ended by then stays as
 * it is.
 */
export async function endRateCard(db: Db, place: CardPlace, end: Date): Promise<RateCardVersion[]> {
  const { now } = place
  if (end < now) throw invalidField('end_date', 'end_date must not be in the past')
  return inTx(db, async (tx) => {
    const { versions, own, last } = await lockCard(tx, place)
    const stays = listStays(own)
    if (stays.every(({ until }) => until !== null && until <= end)) return own
    const ending = findStay(stays, end)
    // What is in force at the end is in force until then; of what is not, nothing is left.
    const start = ending ? later(now, ending.from) : end
    const { rates } = ending?.version ?? last
    const next = { ...last, version: last.version + 1, rates, start, end, createdAt: now }
    assertRoom(versions)
    await insertVersion(tx, next)
    const difference = findDifferences(cardFields(last), cardFields(next))
    if (difference) await journalCard(tx, place, 'ratecard.end', difference)
    return [...own, next]
  })
}

/** What the journal says of a version, whose rates are read with the card and never change. */
function cardFields({ name, version, start, end }: RateCardVersion) {
  return {
    name,
    version,
    start_date: start.toISOString(),
    end_date: end?.toISOString() ?? null,
  }
}

async function journalCard(
  tx: Tx,
  { merchant, card, act, now }: CardPlace,
  action: `ratecard.${string}`,
  fields: Pick<NewEntry, 'before' | 'after'>,
): Promise<void> {
  appendEntry(tx, { organization: merchant, at: now, act, action, object: card, ...fields })
}

/** Afterwards nobody else changes rate cards until the tx ends. A 404 for what is not the merchant's. */
async function lockCard(tx: Tx, { merchant, card }: Pick<CardPlace, 'merchant' | 'card'>) {
  await bumpCatalog(tx)
  const versions = await listVersions(tx, [merchant])
  const own = versions.filter((each) => each.card === card)
  const last = own.at(-1)
  if (!last) throw notFound(card)
  return { versions, own, last }
}

function nextVersion(last: RateCardVersion, change: VersionChange, now: Date): RateCardVersion {
  if (change.start && change.start < now) {
    throw invalidField('start_date', 'start_date must not be in the past: orders may have come')
  }
  // Of two changes at once, the one that comes second may have been asked for first.
  const soonest = last.start <= last.createdAt ? later(now, last.start) : now
  const start = change.start ?? soonest
  if (start < last.start) {
    throw invalidField(
      'start_date',
      `start_date must not be before ${last.start.toISOString()}, when the last version starts`,
    )
  }
  const end = change.end === undefined ? last.end : change.end
  if (end !== null && end <= start) throw endTooEarly()
  const { version } = last
  const rates = change.rates ?? last.rates
  return { ...last, version: version + 1, rates, start, end, createdAt: now }
}

function endTooEarly(): Problem {
  const message =
    'end_date must be after start_date; null is no end, and absent in a change: as it is'
  return invalidField('end_date', message)
}

/** Whether the version says what would be the case without it. */
function isSaid(last: RateCardVersion, next: RateCardVersion): boolean {
  const isSameEnd = last.end?.getTime() === next.end?.getTime()
  return isSameEnd && isDeepStrictEqual(last.rates, next.rates)
}

function assertRoom(versions: readonly RateCardVersion[]): void {
  if (versions.length < MAX_VERSIONS) return
  throw conflict(`A merchant's rate cards can have ${MAX_VERSIONS} versions, and no more.`)
}

/** Two cards with the same scope in force at one instant would be two answers. */
function assertAlone(versions: readonly RateCardVersion[], next: RateCardVersion): void {
  const others = versions.filter(
    ({ card, publisher }) => card !== next.card && publisher === next.publisher,
  )
  const stay = { version: next, from: next.start, until: next.end }
  const other = listStays(others).find((each) => overlap(each, stay))
  if (!other) return
  const { card } = other.version
  throw new Problem(
    409,
    'Conflict',
    `${card} is for the same publishers and in force ${sayWhen(other)}: end it first, or choose ` +
      'other dates.',
    { rate_card_id: card },
  )
}

function sayWhen({ from, until }: Stay): string {
  const start = `from ${from.toISOString()} on`
  return until === null ? start : `${start} until ${until.toISOString()}`
}

/** The stay that lasts at this instant. */
function findStay(stays: readonly Stay[], at: Date): Stay | undefined {
  return stays.find(({ from, until }) => from <= at && (until === null || at < until))
}

function later(left: Date, right: Date): Date {
  return left < right ? right : left
}
