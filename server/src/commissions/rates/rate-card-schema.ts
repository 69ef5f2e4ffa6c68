import { Type } from 'typebox'
import type { Static } from 'typebox'
import {
  closed,
  date,
  nullableDate,
  nullableGivenDate,
  NullableString,
  OneOf,
  READABLE,
} from '../../http/schema.ts'
import type { Snapshot } from '../../organizations/directory.ts'
import { stateOf } from './rate-card.ts'
import type { RateCardVersion } from './rate-card.ts'
import { RateAnswer, RatesBody } from './rate-schema.ts'
import { rateToWire } from './parse-rate.ts'

const name = Type.String({ minLength: 1, maxLength: 255, pattern: READABLE })
const endDate = nullableGivenDate('ISO 8601, exclusive. Null: until further notice.')

export const NewCardBody = Type.Object(
  {
    name,
    publisher_id: Type.Optional(
      Type.Unsafe<string | null>({
        type: ['string', 'null'],
        maxLength: 255,
        description:
          'The publisher that it is for, in place of the card for all. Null: for all publishers.',
      }),
    ),
    start_date: nullableGivenDate('ISO 8601, inclusive; now when absent. May be in the past.'),
    end_date: endDate,
    rates: RatesBody,
  },
  { ...closed, title: 'RateCardFields' },
)

export const CardBody = Type.Object(
  {
    name: Type.Optional(name),
    start_date: nullableGivenDate(
      'ISO 8601, from when on this is so; now when absent. Not in the past.',
    ),
    end_date: endDate,
    rates: Type.Optional(RatesBody),
  },
  { ...closed, title: 'RateCardChange', description: 'Members that are absent stay as they are.' },
)

export const EndBody = Type.Object(
  { end_date: nullableGivenDate('ISO 8601; now when absent. Not in the past.') },
  closed,
)

export const CardPath = Type.Object({ rate_card: Type.String() })

const versionAnswer = {
  version: Type.Integer(),
  start_date: date(),
  end_date: nullableDate(),
  rates: Type.Array(RateAnswer),
}

const cardAnswer = {
  id: Type.String(),
  name: Type.String(),
  publisher_id: NullableString,
  state: OneOf(
    ['in_force', 'scheduled', 'ended'],
    'The version is the one in force, or else the next, or else the last.',
  ),
  ...versionAnswer,
  created_date: date(),
}

export const ListedCardAnswer = Type.Object(cardAnswer, { title: 'ListedRateCard' })

export const CardAnswer = Type.Object(
  {
    ...cardAnswer,
    versions: Type.Array(
      Type.Object({ ...versionAnswer, created_date: date() }, { title: 'RateCardVersion' }),
      {
        description:
          'All of them. One is in force from its start until its end or the start of a later one.',
      },
    ),
  },
  { title: 'RateCard' },
)

/** A card, given its versions in their order. */
export function cardToWire(
  versions: readonly RateCardVersion[],
  snapshot: Snapshot,
  now: Date,
): Static<typeof CardAnswer> {
  return {
    ...listedCardToWire(versions, snapshot, now),
    versions: versions.map((each) => ({
      ...versionToWire(each),
      created_date: each.createdAt.toISOString(),
    })),
  }
}

export function listedCardToWire(
  versions: readonly RateCardVersion[],
  snapshot: Snapshot,
  now: Date,
): Static<typeof ListedCardAnswer> {
  const { state, version } = stateOf(versions, now)
  const { card: id, publisher, createdAt } = versions[0] ?? version
  return {
    id,
    name: version.name,
    publisher_id: publisher === null ? null : (snapshot.byNumber(publisher)?.id ?? null),
    state,
    ...versionToWire(version),
    created_date: createdAt.toISOString(),
  }
}

function versionToWire({ version, start, end, rates }: RateCardVersion) {
  return {
    version,
    start_date: start.toISOString(),
    end_date: end?.toISOString() ?? null,
    rates: rates.map(rateToWire),
  }
}
