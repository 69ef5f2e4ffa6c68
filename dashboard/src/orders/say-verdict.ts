import type { Evidence, Verdict } from '@newcomer/client/browser'
import { sayDay, sayInstant } from '../parts/date.ts'
import { sayDecider, sayOutcome, sayPolicy } from '../parts/say-verdict.ts'

/** What a merchant said of an order's customer, in a word. */
export function sayClaim(claimedNew: boolean | null): string {
  if (claimedNew === null) return 'nothing'
  return claimedNew ? 'new' : 'active'
}

const MATCHES: Record<string, string> = {
  customer_id: 'your own customer id',
  email_sha256: 'an e-mail hash',
  advertising_id: 'an advertising id',
}

const THROUGH: Record<string, string> = {
  merchant: 'your own customer',
  publisher: 'the customer that the publisher sent',
}

const TAKEN_BACK: Record<string, string> = {
  order: 'the earlier order was changed',
  'order-deleted': 'the earlier order was cancelled',
  import: 'an import was undone or replaced',
  customer: 'the customer’s identifiers were replaced',
  erasure: 'the customer was erased',
}

/** What an order is paid as and why, to its merchant, in whole sentences. */
export function sayVerdict(verdict: Verdict): string[] {
  return [
    `This order is paid as ${verdict.segment}. ${sayDecider(verdict.decided_by)}`,
    sayJudgement(verdict),
    ...sayLater(verdict),
    ...sayWithdrawal(verdict),
    verdict.claimed_new === null
      ? 'You said nothing of the customer.'
      : `You said that the customer was ${sayClaim(verdict.claimed_new)}.`,
    `Your policy was: ${sayPolicy(verdict.policy)}.`,
  ]
}

function sayJudgement({ evidence, judged, judged_date: at }: Verdict): string {
  const when = sayInstant(at)
  if (evidence === null) {
    return (
      `It was judged ${judged} at ${when}: as far as the network knew then, nobody had bought from you with ` +
      'any identifier of this buyer.'
    )
  }
  const same = evidence.same_publisher
    ? ' It became known after the click, and counts since it came through the same publisher, which is paid ' +
      'for a new customer by it.'
    : ''
  return (
    `It was judged ${judged} at ${when}: since ${sayDay(evidence.known_date)} the network knew of an ` +
    `earlier purchase, ${saySource(evidence)}, matched by ${sayMatch(evidence)}.${same}`
  )
}

function saySource(evidence: Evidence): string {
  const { source, button_order_id: order, import_id: file } = evidence
  if (source === 'order') return `the order ${order ?? ''}`
  const { first_purchase_date: first, last_purchase_date: last } = evidence
  const between =
    first != null && last != null
      ? `, which says of purchases from ${sayDay(first)} to ${sayDay(last)}`
      : ''
  return `told by the file ${file ?? ''}${between}`
}

function sayMatch({ matched, through }: Evidence): string {
  const what = MATCHES[matched] ?? matched
  return matched === 'customer_id' ? what : `${what} of ${THROUGH[through] ?? through}`
}

function sayLater({ later_evidence: later }: Verdict): string[] {
  if (!later) return []
  return [
    `An earlier purchase, ${saySource(later)}, matched by ${sayMatch(later)}, became known only on ` +
      `${sayInstant(later.known_date)}. The link was followed on ${sayInstant(later.clicked_date)}, before ` +
      'that: so it did not count.',
  ]
}

function sayWithdrawal({ evidence_withdrawn: withdrawn }: Verdict): string[] {
  if (!withdrawn) return []
  const { date, cause, counted } = withdrawn
  const what = counted ? 'What the verdict rests on' : 'What had become known after the click'
  return [
    `${what} was taken back on ${sayDay(date)}: ${TAKEN_BACK[cause] ?? cause}. The verdict stays as it was.`,
  ]
}

/** How much the merchant had told of the buyer when the verdict was taken. */
export function sayKnown({ known }: Verdict): string[] {
  if (known === null) return ['How much was known of the buyer then was not kept yet.']
  if (known.customer === null) return ['The order named nobody.']
  return [
    `You had ${known.customer ? '' : 'not '}reported this customer before. ` +
      `You had told ${sayCounts(known)} of them.`,
  ]
}

function sayCounts(known: { email_sha256: number; advertising_id: number }): string {
  const { email_sha256: emails, advertising_id: devices } = known
  const hashes = emails === 1 ? '1 e-mail hash' : `${emails} e-mail hashes`
  return `${hashes} and ${devices === 1 ? '1 advertising id' : `${devices} advertising ids`}`
}

export function sayQuote({ quote }: Verdict): string {
  if (quote === null) return 'The link carried no quote: nobody was promised anything.'
  const { segment, date, expires, outcome } = quote
  const promise = `the customer was quoted the rate of ${segment} until ${sayInstant(expires)}`
  return `On ${sayInstant(date)} ${promise}: ${sayOutcome(outcome)}.`
}
