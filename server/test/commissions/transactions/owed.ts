import { calculate, isInForce } from '../rates/calculator.ts'
import type { WireCard, WireOrder } from '../rates/calculator.ts'

const DAY_MS = 86_400_000

/** A click as the shopper made it. */
export interface KnownClick {
  /** The publisher's id. */
  publisher: string
  user: string | null
  at: number
  quote: { id: string; at: number; expires: number; segment: 'new' | 'active' } | null
  /** The partnership's window. */
  days: number
}

/** What an order says, in the currency's smallest unit. */
export interface Document extends WireOrder {
  btn_ref: string | null
  /** Null: when it is accepted. */
  purchase_date: string | null
}

/** What a transaction must be. */
export interface OwedTransaction {
  publisher: string
  currency: string
  segment: 'new' | 'active' | null
  card: string | null
  version: number | null
  amount: number
  commissions: number[]
  bases: number[]
  /** The ledger: amounts with their causes, and the order that is paid for; none once nothing is. */
  entries: [number, string, Document?][]
  isDeclined: boolean
  begun: number
}

/** What an order owes, worked out from what was sent; refuses as the program must. */
export class OwedOrder {
  readonly transactions: OwedTransaction[] = []
  click: KnownClick | null
  document: Document
  readonly acceptedAt: number

  constructor(document: Document, acceptedAt: number, clicks: Map<string, KnownClick>) {
    this.document = document
    this.acceptedAt = acceptedAt
    this.click = this.attribute(document, clicks)
  }

  purchasedAt({ purchase_date: date }: Document = this.document): number {
    return date === null ? this.acceptedAt : Date.parse(date)
  }

  private attribute(document: Document, clicks: Map<string, KnownClick>): KnownClick | null {
    const click = clicks.get(document.btn_ref ?? '')
    if (!click) return null
    const after = this.purchasedAt(document) - click.at
    return after >= -DAY_MS && after <= click.days * DAY_MS ? click : null
  }

  /** Whether the order is refused because it was bought before the first card that could apply. */
  isTooEarly(cards: WireCard[], click = this.click, document = this.document): boolean {
    if (!click) return false
    const at = this.purchasedAt(document)
    const starts = cards
      .filter(({ publisher_id: id }) => id === null || id === click.publisher)
      .flatMap((card) =>
        card.versions
          .filter((version) => isInForce(card, version, new Date(version.start_date)))
          .map(({ start_date: start }) => Date.parse(start)),
      )
    return starts.length > 0 && Math.min(...starts) > at
  }

  /** The order is accepted, and paid as this segment. */
  begin(cards: WireCard[], segment: 'new' | 'active' | null, now: number): void {
    if (!this.click) return
    const { publisher } = this.click
    const at = new Date(this.purchasedAt())
    const owed = calculate(cards, this.document, publisher, segment, at)
    const { currency } = this.document
    const entries: OwedTransaction['entries'] = [[owed.amount, 'order', this.document]]
    const more = { publisher, currency, segment, entries, isDeclined: false, begun: now }
    this.transactions.push({ ...owed, ...more })
  }

  /** Whether a change to this would begin another transaction before the first card. */
  isChangeTooEarly(after: Document, cards: WireCard[], clicks: Map<string, KnownClick>): boolean {
    const click = this.clickAfter(after, clicks)
    return !this.goesOn(after, click) && this.isTooEarly(cards, click, after)
  }

  change(
    after: Document,
    world: { cards: WireCard[]; clicks: Map<string, KnownClick> },
    segment: 'new' | 'active' | null,
    now: number,
  ): void {
    const click = this.clickAfter(after, world.clicks)
    const goesOn = this.goesOn(after, click)
    if (!goesOn) this.decline('order-updated')
    this.document = after
    this.click = click
    const current = this.current()
    if (!goesOn) this.begin(world.cards, segment, now)
    else if (current) this.revise(current, world.cards)
  }

  decline(cause: string): void {
    const current = this.current()
    if (!current) return
    if (current.amount !== 0) current.entries.push([-current.amount, cause])
    current.amount = 0
    current.commissions = current.commissions.map(() => 0)
    current.bases = current.bases.map(() => 0)
    current.isDeclined = true
  }

  current(): OwedTransaction | undefined {
    const last = this.transactions.at(-1)
    return last?.isDeclined ? undefined : last
  }

  private clickAfter(after: Document, clicks: Map<string, KnownClick>): KnownClick | null {
    const isSame =
      after.btn_ref === this.document.btn_ref && this.purchasedAt(after) === this.purchasedAt()
    return isSame ? this.click : this.attribute(after, clicks)
  }

  /** Whether the change goes on with the transaction that there is. */
  private goesOn(after: Document, click: KnownClick | null): boolean {
    const current = this.current()
    if (!current) return click === null
    return click?.publisher === current.publisher && after.currency === current.currency
  }

  /** Under the version that the transaction began with, whatever is in force now. */
  private revise(current: OwedTransaction, cards: WireCard[]): void {
    const version = cards
      .find(({ id }) => id === current.card)
      ?.versions.find((each) => each.version === current.version)
    const always = { version: 1, start_date: '2000-01-01T00:00:00Z', end_date: null }
    const only = version
      ? [{ id: 'only', publisher_id: null, versions: [{ ...version, ...always }] }]
      : []
    const { amount, commissions, bases } = calculate(
      only,
      this.document,
      current.publisher,
      current.segment,
      new Date(),
    )
    if (amount !== current.amount)
      current.entries.push([amount - current.amount, 'order-updated', this.document])
    Object.assign(current, { amount, commissions, bases })
  }
}
