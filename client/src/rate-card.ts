import { fetchPage, objectOf } from './answer.ts'
import type { Page, PageQuery } from './answer.ts'
import { pathTo } from './path.ts'
import type { Rate, RateChoice, RateChoiceFields, RateFields } from './rate.ts'
import type { Send } from './send.ts'
import type { Simulation, SimulationFields } from './simulation.ts'

/** A new rate card. Dates are RFC 3339. */
export interface RateCardFields {
  name: string
  /** The publisher that it is for, in place of the card for all; null unless given: for all publishers. */
  publisher_id?: string | null | undefined
  /** Inclusive; now unless given. May be in the past: orders that were recorded stay as they are. */
  start_date?: string | null | undefined
  /** Exclusive. Null, or absent: until further notice. */
  end_date?: string | null | undefined
  /** 1 to 200, no two of them about the same. */
  rates: RateFields[]
}

/** What is to be so from `start_date` on. Members that are absent stay as they are. */
export interface RateCardChange {
  name?: string | undefined
  /** Now unless given; not in the past, and not before the start of the version before. */
  start_date?: string | null | undefined
  /** Exclusive. Null: until further notice. */
  end_date?: string | null | undefined
  /** Replaced as a whole. */
  rates?: RateFields[] | undefined
}

/** What a card is for a time. Never edited. */
export interface RateCardVersion {
  /** Counts from 1. */
  version: number
  /** Inclusive. */
  start_date: string
  /** Exclusive; a later version takes over at its own start, if that is sooner. */
  end_date: string | null
  rates: Rate[]
  created_date: string
}

/** A card as it is listed: with the version in force, or else the next, or else the last. */
export interface ListedRateCard extends RateCardVersion {
  /** `ratecard-…` */
  id: string
  name: string
  /** Null: for all publishers that have no card of their own. */
  publisher_id: string | null
  state: 'in_force' | 'scheduled' | 'ended'
  /** When the card was made. */
  created_date: string
}

/** A card with all its versions, the first one first. */
export interface RateCard extends ListedRateCard {
  versions: RateCardVersion[]
}

/**
 * For merchants. A card is never edited: each change is a version from an instant on, and an order
 * keeps the version that was in force at its purchase. Two cards for the same publishers are never in
 * force at once.
 * Errors: 400 `InvalidField` (`details.field` names it, such as `rates[2].percent`); 404 `NotFound` for
 * a card that isn't yours.
 */
export interface RateCardCalls {
  /**
   * Not repeated when the network fails: look at `list` then.
   * Errors: 409 `Conflict` beside another card, which `details.rate_card_id` names.
   */
  create(card: RateCardFields): Promise<RateCard>
  /** Oldest first. */
  list(query?: PageQuery): Promise<Page<ListedRateCard>>
  get(id: string): Promise<RateCard>
  /**
   * Adds a version; a change to what is so already adds none.
   * Errors: 409 `Conflict` beside another card, which `details.rate_card_id` names.
   */
  change(id: string, change: RateCardChange): Promise<RateCard>
  /** Ends a card, now unless given, with all that was scheduled for it from then on. */
  end(id: string, options?: { end_date?: string | null | undefined }): Promise<RateCard>
  /** Which rate a line of an order would be paid by, if it was placed now, and why. Nothing is written. */
  choose(line: RateChoiceFields): Promise<RateChoice>
  /**
   * What your past orders would have cost under other rates. Nothing is written. It takes as long as
   * reading those orders does, so `timeoutMs` may have to be longer; it is not repeated when there was
   * no answer.
   * Errors: 409 `Conflict` while another simulation of yours is running.
   */
  simulate(draft: SimulationFields): Promise<Simulation>
}

const RATE_CARDS_PATH = '/v1/rate-cards'

export function createRateCardCalls(send: Send): RateCardCalls {
  const post = async <T>(path: string, body?: object): Promise<T> =>
    objectOf(await send({ method: 'POST', path, body }))
  const postOnce = async <T>(path: string, body: object): Promise<T> =>
    objectOf(await send({ method: 'POST', path, body, once: true }))
  return {
    create: async (card) => postOnce(RATE_CARDS_PATH, card),
    list: async (query) => fetchPage(send, RATE_CARDS_PATH, { ...query }),
    get: async (id) => objectOf(await send({ method: 'GET', path: pathTo(RATE_CARDS_PATH, id) })),
    change: async (id, change) => post(pathTo(RATE_CARDS_PATH, id), change),
    end: async (id, options) => post(pathTo(RATE_CARDS_PATH, id, 'end'), options),
    choose: async (line) => post(`${RATE_CARDS_PATH}/choose`, line),
    simulate: async (draft) => postOnce(`${RATE_CARDS_PATH}/simulate`, draft),
  }
}
