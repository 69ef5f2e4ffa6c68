/** Who decides what an order is paid as: the merchant's choice. */
export type VerdictPolicy = 'network' | 'merchant' | 'both_must_agree' | (string & {})

/** Which earlier purchases count: those that were known before the click, or all; the merchant's choice. */
export type EvidencePolicy = 'before_click' | 'any_time' | (string & {})

/**
 * Whose word made the order what it is paid as. `click`: it is paid as new although it was judged active. What
 * told so was known only after the click, which a later change named; or it was an order through the same
 * publisher, which was changed or cancelled since.
 */
export type DecidedBy = 'network' | 'merchant' | 'quote' | 'click' | (string & {})

/**
 * What became of a quote. `not-needed`: it made no difference; `known-before`: an earlier purchase was
 * known of when it was given; `used-before`: an earlier order came with it.
 */
export type QuoteOutcome =
  'kept' | 'not-needed' | 'expired' | 'known-before' | 'used-before' | (string & {})
