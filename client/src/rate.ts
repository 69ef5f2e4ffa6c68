/** Which orders a rate is for; `default`: those of every segment that has no rate of its own. */
export type RateSegment = 'new' | 'active' | 'default'

/** What is paid: either a percentage, or a fixed amount an order in one currency. */
type Pay<Percent> =
  | {
      /** A decimal such as `5.25`, from 0 to 100, with at most four decimals; 0 excludes. */
      percent: Percent
      fixed?: undefined
      currency?: undefined
    }
  | {
      percent?: undefined
      /** In the currency's smallest unit, 0 to 1,000,000,000,000. */
      fixed: number
      /** ISO 4217. */
      currency: string
    }

/** A rate as a merchant sends it. One that was answered can be sent again as it is. */
export type RateFields = {
  /** `default` unless given. */
  segment?: RateSegment | undefined
  /** Compared trimmed and in lower case. Null, or absent: every category. */
  category?: string | null | undefined
} & Pay<string | number>

/** A rate as the API answers it: `percent` is a decimal string without trailing zeros. */
export type Rate = {
  segment: RateSegment
  /** Trimmed, in lower case. Null: every category. */
  category: string | null
} & Pay<string>

/** A line of an order, of which it is asked what it would pay now. */
export interface RateChoiceFields {
  /** A draft; those of the card that is in force for the publisher unless given. */
  rates?: RateFields[] | undefined
  /** Null, or absent: a publisher without a card of its own. */
  publisher_id?: string | null | undefined
  /** `none`, as while you tell no segments, unless given. */
  segment?: 'new' | 'active' | 'none' | undefined
  /** From the widest to the narrowest. */
  category?: string[] | undefined
  /** ISO 4217; absent: no fixed rate matches. */
  currency?: string | undefined
}

/** One step of the rules, as it went. */
export interface RateChoiceReason {
  code:
    | 'own-card'
    | 'card-for-all'
    | 'no-card'
    | 'narrowest-category'
    | 'every-category'
    | 'own-segment'
    | 'every-segment'
    | 'fixed-first'
    | 'no-rate'
    | 'segments-off'
  message: string
}

/** Which rate a line would be paid by, and why. */
export interface RateChoice {
  /** Null for a draft, and where no card is in force. */
  rate_card_id: string | null
  /** Null: the line pays nothing. */
  rate: Rate | null
  /** One a step, in the order of the rules. */
  reasons: RateChoiceReason[]
}
