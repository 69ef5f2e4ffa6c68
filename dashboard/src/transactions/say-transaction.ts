import type { Transaction, TransactionVerdict } from '@newcomer/client/browser'
import { sayDay, sayInstant } from '../parts/date.ts'
import { sayDecider, sayOutcome, sayPolicy } from '../parts/say-verdict.ts'

/** Why an order is paid as it is, as far as it is a publisher's business; in whole sentences. */
export function sayTransactionVerdict(verdict: TransactionVerdict | null): string[] {
  if (verdict === null) {
    return [
      'The merchant told no segments when the order came: it is paid the rate for everybody, and nothing was ' +
        'judged.',
    ]
  }
  const { segment, judged, judged_date: at, evidence, later_evidence: later, quote } = verdict
  const why =
    evidence === null
      ? 'as far as the network knew then, nobody had bought from the merchant with any identifier of this ' +
        'buyer'
      : `since ${sayDay(evidence.known_date)} the network knew of an earlier purchase, ` +
        `told by ${saySource(evidence.source)}`
  return [
    `It is paid as ${segment}. ${sayDecider(verdict.decided_by)}`,
    `It was judged ${judged} on ${sayDay(at)}: ${why}.`,
    ...(later
      ? [
          `An earlier purchase, told by ${saySource(later.source)}, became known only after the click: ` +
            'it did not count.',
        ]
      : []),
    `The merchant’s policy was: ${sayPolicy(verdict.policy)}.`,
    quote === null
      ? 'The link carried no quote: nobody was promised anything.'
      : `The link carried a quote: ${sayOutcome(quote.outcome)}.`,
  ]
}

function saySource(source: string): string {
  return source === 'import' ? 'a file of the merchant’s' : 'an order'
}

/** How far it is, in one sentence. */
export function sayStatus({ status, validated_date: validated }: Transaction): string {
  if (status === 'declined') return 'It is declined: the order was cancelled. That is final.'
  if (status === 'validated' && validated !== null) {
    return `It is validated since ${sayInstant(validated)}. That is final.`
  }
  return 'It is pending: it changes with the order until that is final.'
}

export function sayCard({ rate_card_id: card }: Transaction): string {
  return card === null
    ? 'No rate card was in force for the publisher when the order was placed: so it pays nothing.'
    : `It is paid by the rate card ${card}, in the version that was in force when the order was placed.`
}
