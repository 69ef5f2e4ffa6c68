/** Words of verdicts, as both sides read them in sentences. */

const POLICIES: Record<string, string> = {
  network: 'the network decides',
  merchant: 'the merchant’s word decides',
  both_must_agree: 'it is new only where both call it so',
}

export function sayPolicy(policy: string): string {
  return POLICIES[policy] ?? policy
}

const OUTCOMES: Record<string, string> = {
  kept: 'it was kept',
  'not-needed': 'it was not needed',
  expired: 'it had expired when the order was placed',
  'known-before': 'it was not kept: an earlier purchase was known when it was given',
  'used-before': 'it was not kept: an earlier order had used it',
}

export function sayOutcome(outcome: string): string {
  return OUTCOMES[outcome] ?? outcome
}

const DECIDERS: Record<string, string> = {
  network: 'The network’s judgement decided it.',
  merchant: 'The merchant’s word decided it.',
  quote: 'A promise decided it: the customer had been quoted that rate.',
  click:
    'It was judged active and is paid as new: what told so became known only after the click, or was an order ' +
    'through the same publisher that was changed or cancelled since.',
}

export function sayDecider(decidedBy: string): string {
  return DECIDERS[decidedBy] ?? decidedBy
}

const CAUSES: Record<string, string> = {
  order: 'the order was accepted',
  'order-updated': 'the order was changed',
  'order-deleted': 'the order was cancelled',
}

/** Why an amount changed. */
export function sayEntryCause(cause: string): string {
  return CAUSES[cause] ?? cause
}
