import { addUpTransactions } from './add-up.ts'
import type { Earnings } from './add-up.ts'
import type { Caller } from './caller.ts'
import type { DemoNetwork, Publisher } from './create-network.ts'
import { countSegments, sampleVerdicts } from './look-up.ts'
import type { Counts, Sample } from './look-up.ts'
import { dollars } from './progress.ts'
import { FLAT_PERCENT } from './rates.ts'
import type { Replay } from './replay.ts'
import type { ImportedHistory } from './import-history.ts'
import { reportedOf } from './story.ts'
import type { Story } from './story.ts'
import type { Row } from './table.ts'
import type { PublisherTruth } from './truth.ts'

export interface Told {
  caller: Caller
  network: DemoNetwork
  story: Story
  /** Undefined where the shop had no history. */
  imported: ImportedHistory | undefined
  replay: Replay
  counts: Counts
}

/** What came of it all. */
export interface Review {
  rows: Row[]
  /** What the merchant got out of it, in a sentence or two. */
  summary: string
}

/** Asks the server for every number, and sets it beside the one that had to come out. */
export async function review(told: Told): Promise<Review> {
  const { network, story, replay, counts } = told
  const rows = [...reviewImport(told), ...(await reviewOrders(told))]
  const ledgers: Sample = { looked: 0, right: 0 }
  const all: Earnings[] = []
  for (const [index, publisher] of network.publishers.entries()) {
    const expected = story.truth.publishers[index]
    if (!expected) continue
    rows.push(...(await reviewPublisher(told, publisher, index, expected)))
    const { tokens } = replay
    const { verdicts } = story.truth
    const added = await addUpTransactions(publisher, { publisher: index, tokens, verdicts })
    rows.push(...reviewEarnings(added.earnings, expected))
    all.push(added.earnings)
    ledgers.looked += added.ledgers.looked
    ledgers.right += added.ledgers.right
  }
  const { publishers } = story.truth
  const late = sum(publishers.map((publisher) => publisher.late))
  const events = sum(publishers.map(({ events, transactions }) => events + transactions))
  rows.push(
    row('late sign-ups, active at once', replay.lateSignUps - replay.wronglyNew, late),
    row('webhooks sent and acknowledged', counts.delivered, events),
    row('ledgers read that add up', ledgers.right, ledgers.looked),
    row('faults that verify finds', await network.verify(), 0),
  )
  return { rows, summary: summarize(all) }
}

function reviewImport({ story, imported }: Told): Row[] {
  if (!imported) return []
  const { preview, finished } = imported
  const customers = story.truth.imported
  return [
    row("the shop's history: rows", finished.total_rows, customers),
    row('  to be created, by the preview', preview.created, customers),
    row('  created', finished.created, customers),
    row('  rejected', finished.rejected, 0),
  ]
}

async function reviewOrders(told: Told): Promise<Row[]> {
  const { caller, network, story, imported, replay, counts } = told
  const { truth } = story
  const judged = { caller, key: network.merchant.key, importId: imported?.id }
  const sample = await sampleVerdicts(judged, truth.verdicts)
  const clicks = sum(truth.publishers.map(({ transactions }) => transactions))
  return [
    row('orders accepted', replay.orders, truth.orders),
    row('  judged new', counts.judgedNew, truth.judgedNew),
    row('  judged active', counts.judgedActive, truth.judgedActive),
    row('  verdicts read, with the right evidence', sample.right, sample.looked),
    row("  through a click on a publisher's link", counts.clicks, clicks),
  ]
}

async function reviewPublisher(
  { caller, story }: Told,
  publisher: Publisher,
  index: number,
  expected: PublisherTruth,
): Promise<Row[]> {
  const people = reportedOf(story.audiences[index] ?? [], story)
  const segments = await countSegments(caller, publisher, people)
  const { inbox, name } = publisher
  return [
    row(`${name}: customers`, segments.new + segments.active, expected.customers),
    row('  new', segments.new, expected.new),
    row('  active', segments.active, expected.active),
    row('  moves received, signature valid', inbox.moves, expected.events),
    row('  transactions received, signature valid', inbox.transactions, expected.transactions),
    row('  forged or out of order', inbox.forged + inbox.outOfOrder, 0),
  ]
}

function reviewEarnings(earnings: Earnings, expected: PublisherTruth): Row[] {
  const { transactions, right, paidNew, paidActive, flat } = earnings
  const money = (name: string, actual: number, expects: number): Row => ({
    ...row(name, actual, expects),
    format: dollars,
  })
  const paid = expected.paidNew + expected.paidActive
  return [
    row('  transactions listed', transactions, expected.transactions),
    row('    with the right segment and amount', right, expected.transactions),
    money('  paid for new customers', paidNew, expected.paidNew),
    money('  paid for active customers', paidActive, expected.paidActive),
    money('  paid in all', paidNew + paidActive, paid),
    money(`  a flat ${FLAT_PERCENT} % would have cost`, flat, expected.flat),
  ]
}

function summarize(all: Earnings[]): string {
  const paidNew = sum(all.map((earnings) => earnings.paidNew))
  const paid = paidNew + sum(all.map((earnings) => earnings.paidActive))
  const flat = sum(all.map((earnings) => earnings.flat))
  const flatNew = flat - sum(all.map((earnings) => earnings.flatActive))
  const saved = flat - paid
  const difference = saved < 0 ? `the shop pays ${dollars(-saved)} more` : `${dollars(saved)} saved`
  return (
    `Paid by segment ${dollars(paid)} · a flat ${FLAT_PERCENT} % would have cost ${dollars(flat)} · ` +
    `${difference}\nFor new customers ${dollars(paidNew)} · at the flat rate ${dollars(flatNew)}`
  )
}

function row(name: string, actual: number, expected: number): Row {
  return { name, actual, expected }
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
