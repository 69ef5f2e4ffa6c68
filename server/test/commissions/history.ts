import { expect } from 'vitest'
import type { Dice } from '../crash/dice.ts'
import { must } from '../support/network.ts'
import type { Answer, Member } from '../support/network.ts'
import type { WireCard } from './rates/calculator.ts'
import { expectSerial, knownSince, paidAs, purchasesAgainst } from './expected-verdicts.ts'
import type { JudgedOrder, Purchaser } from './expected-verdicts.ts'
import {
  generateBuyer,
  generateContent,
  generateRates,
  hashOf,
  pick,
  toBody,
} from './rates/generated.ts'
import type { Buyer } from './rates/generated.ts'
import type { Market } from './market.ts'
import { OwedOrder } from './transactions/owed.ts'
import type { Document, KnownClick } from './transactions/owed.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const PEOPLE = 5

export interface Policy {
  verdict_policy: 'network' | 'merchant' | 'both_must_agree'
  finalization_days: number
}

/** An order that was accepted. */
export interface Sale {
  id: string
  buttonId: string
  buyer: Buyer
  evidence: Set<string>
  owed: OwedOrder
  finalization: string | null
  isDeleted: boolean
  /** As the merchant's verdict said when it was new. */
  segment: 'new' | 'active'
}

interface Plan {
  id: string
  person: number
  buyer: Buyer
  body: object
  claim: boolean | undefined
  owed: OwedOrder
  finalization: string | null
}

/** One merchant's story: what it and its publishers do, and what it must come to. */
export class History {
  readonly sales: Sale[] = []
  readonly clicks = new Map<string, KnownClick>()
  /** What the publishers know of their users, as plain names of e-mail addresses. */
  readonly known = new Map<string, Set<string>>()
  private readonly identifiers = new Map<string, Map<string, number>>()
  private readonly usedQuotes = new Set<string>()
  private cards: WireCard[] = []
  private count = 0
  hasSegments = true
  private readonly market: Market
  private readonly dice: Dice
  readonly merchant: Member
  private readonly policy: Policy
  readonly days: number

  constructor(market: Market, dice: Dice, merchant: Member, policy: Policy, days: number) {
    this.market = market
    this.dice = dice
    this.merchant = merchant
    this.policy = policy
    this.days = days
  }

  private get now(): number {
    return this.market.clock.now().getTime()
  }

  private get scope(): string {
    return this.merchant.organization.id
  }

  /** The same call a few times at once: all have the same answer. */
  private async send(method: string, path: string, body: object, times: number): Promise<Answer> {
    const answers = await Promise.all(
      Array.from({ length: times }, () => this.merchant.call(method, path, body)),
    )
    const statuses = new Set(answers.map(({ status }) => status))
    expect(statuses.size, `${method} ${path}: ${JSON.stringify(answers)}`).toBe(1)
    return answers[0]!
  }

  async changeCards(): Promise<void> {
    const { dice, merchant, market } = this
    const from = (ms: number) => new Date(this.now + ms).toISOString()
    const ids = this.cards.map(({ id }) => id)
    for (let changes = 1 + dice.whole(3); changes > 0; changes--) {
      const rates = generateRates(dice)
      if (ids.length === 0 || dice.chance(0.4)) {
        const publisher = pick(dice, [null, ...market.network.publishers])
        const start = pick(dice, [-3 * DAY_MS, -DAY_MS, 0, 0, DAY_MS])
        const end = dice.chance(0.2) ? from(start + 2 * DAY_MS) : null
        const dates = { start_date: from(start), end_date: end }
        const body = { name: 'card', publisher_id: publisher?.organization.id ?? null, rates }
        const { status } = await merchant.call('POST', '/v1/rate-cards', { ...body, ...dates })
        expect([200, 409]).toContain(status)
      } else if (dice.chance(0.85)) {
        const body = { rates, ...(dice.chance(0.4) && { start_date: from(12 * HOUR_MS) }) }
        const { status } = await merchant.call('POST', `/v1/rate-cards/${pick(dice, ids)}`, body)
        expect([200, 400, 409]).toContain(status)
      } else {
        await must(merchant.call('POST', `/v1/rate-cards/${pick(dice, ids)}/end`, {}))
      }
    }
    const cards = await must(merchant.call('GET', '/v1/rate-cards'))
    this.cards = await Promise.all(
      cards.map(({ id }: WireCard) => must(merchant.call('GET', `/v1/rate-cards/${id}`))),
    )
  }

  /** The publishers report whom they know; now and then the merchant has somebody signed up. */
  async reportPeople(): Promise<void> {
    const { dice, market } = this
    for (let person = 0; person < PEOPLE; person++) {
      for (const publisher of market.network.publishers) {
        if (!dice.chance(0.4)) continue
        const emails = [`${person}-${dice.whole(3)}`]
        if (dice.chance(0.1)) emails.push(`${dice.whole(PEOPLE)}-0`)
        const body = { emails_sha256: emails.map((email) => hashOf(this.scope, email)) }
        const id = this.userOf(person)
        await must(publisher.call('POST', '/v1/customers', { id, ...body }))
        const key = `${publisher.organization.id} ${id}`
        this.known.set(key, new Set([...(this.known.get(key) ?? []), ...emails]))
      }
      if (!dice.chance(0.2)) continue
      const body = { id: `m-${person}`, emails_sha256: [hashOf(this.scope, `${person}-2`)] }
      await must(this.merchant.call('POST', '/v1/customers', body))
      this.learn(body.id, [`${person}-2`])
    }
  }

  private userOf(person: number): string {
    return `${this.scope}-u-${person}`
  }

  private learn(customer: string | null, emails: string[]): void {
    if (customer === null) return
    const known = this.identifiers.get(customer) ?? new Map<string, number>()
    for (const email of emails) if (!known.has(email)) known.set(email, this.now)
    this.identifiers.set(customer, known)
  }

  private identifiersOf(customer: string): Set<string> {
    return new Set(this.identifiers.get(customer)?.keys())
  }

  async followLinks(): Promise<void> {
    const { dice, market, merchant } = this
    for (let clicks = 3 + dice.whole(5); clicks > 0; clicks--) {
      const publisher = pick(dice, market.network.publishers)
      const user = dice.chance(0.8) ? this.userOf(dice.whole(PEOPLE)) : null
      const isQuoted = user !== null && this.hasSegments && dice.chance(0.6)
      const quote = isQuoted ? await market.quote(publisher, user) : undefined
      const asked = this.segmentOf(publisher, user)
      const options = { user: user ?? undefined, ref: `ref-${clicks}`, quote }
      const token = await market.click(publisher, merchant, options).catch((error: unknown) => {
        // A merchant without rates is in no quote.
        if (!/quote does not include/.test(String(error))) throw error
        return market.click(publisher, merchant, { ...options, quote: undefined })
      })
      const { now, days } = this
      const promise = { id: quote ?? '', at: now, expires: now + DAY_MS, segment: asked }
      this.clicks.set(token, {
        publisher: publisher.organization.id,
        user,
        at: now,
        quote: quote === undefined ? null : promise,
        days,
      })
    }
  }

  private segmentOf(publisher: Member, user: string | null): 'new' | 'active' {
    const evidence = this.known.get(`${publisher.organization.id} ${user}`) ?? new Set<string>()
    const against = purchasesAgainst({ customer: null, evidence }, this.purchasers())
    return against.length > 0 ? 'active' : 'new'
  }

  /** Orders of many at once, each sent up to three times; what is accepted is judged rightly. */
  async sell(): Promise<void> {
    const { dice } = this
    const before = this.purchasers()
    const plans = Array.from({ length: 4 + dice.whole(7) }, () => this.plan())
    const answers = await Promise.all(
      plans.map(({ body }) => this.send('POST', '/v1/order', body, 1 + dice.whole(3))),
    )
    const fresh: { plan: Plan; sale: Sale; verdict: Answer['body'] }[] = []
    for (const [index, plan] of plans.entries()) {
      const { status, body } = answers[index]!
      if (plan.owed.isTooEarly(this.cards)) {
        expect([status, body.error?.details]).toEqual([400, { field: 'purchase_date' }])
        expect((await this.merchant.call('GET', `/v1/order/${plan.id}`)).status).toBe(404)
        continue
      }
      expect(status, JSON.stringify(body)).toBe(200)
      this.learn(plan.buyer.customer, plan.buyer.emails)
      const verdict = await must(this.merchant.call('GET', `/v1/order/${plan.id}/verdict`))
      const { id, buyer, owed, finalization } = plan
      const evidence = this.evidenceOf(plan)
      const buttonId = body.object.button_order_id
      const state = { isDeleted: false, segment: verdict.segment }
      fresh.push({
        plan,
        verdict,
        sale: { id, buttonId, buyer, evidence, owed, finalization, ...state },
      })
    }
    const judged = fresh.map(({ sale, verdict }): JudgedOrder => {
      const because = verdict.evidence?.button_order_id ?? null
      const { buttonId, buyer, evidence } = sale
      // What the customer was signed up with tells, too.
      const own = buyer.customer === null ? [] : this.identifiersOf(buyer.customer)
      const all = evidence.union(new Set(own))
      const { customer } = buyer
      return { buttonId, customer, evidence: all, judged: verdict.judged, because }
    })
    expectSerial(judged, before, (customer) => this.identifiersOf(customer))
    for (const [index, { plan, sale, verdict }] of fresh.entries()) {
      this.expectPaid(plan, verdict, knownSince(judged[index]!, before))
      const segment = this.hasSegments ? sale.segment : null
      sale.owed.begin(this.cards, segment, this.now)
      this.sales.push(sale)
    }
    this.expectQuotesOnce(fresh)
  }

  private evidenceOf({ owed, buyer }: Pick<Plan, 'owed' | 'buyer'>): Set<string> {
    const { click } = owed
    const visitor = click ? this.known.get(`${click.publisher} ${click.user}`) : undefined
    return new Set([...buyer.emails, ...(visitor ?? [])])
  }

  private plan(): Plan {
    const { dice } = this
    const person = dice.whole(PEOPLE)
    const buyer = generateBuyer(dice, this.scope, person)
    const content = generateContent(dice)
    const claim = buyer.body && dice.chance(0.5) ? dice.chance(0.5) : undefined
    const reference = this.reference()
    const purchase = this.purchaseDate()
    const finalization = dice.chance(0.2)
      ? new Date(this.now + dice.whole(4) * DAY_MS + HOUR_MS).toISOString()
      : null
    const id = `order-${++this.count}`
    const customer = buyer.body && { ...buyer.body, ...(claim !== undefined && { is_new: claim }) }
    const document: Document = { ...content, btn_ref: reference, purchase_date: purchase }
    const body = {
      order_id: id,
      ...toBody(dice, content),
      customer,
      btn_ref: reference,
      purchase_date: purchase,
      finalization_date: finalization,
    }
    const owed = new OwedOrder(document, this.now, this.clicks)
    return { id, person, buyer, body, claim, owed, finalization }
  }

  private reference(): string | null {
    const tokens = [...this.clicks.keys()]
    if (this.dice.chance(0.1)) return null
    return pick(this.dice, [...tokens.slice(-10), 'srctok-of-nobody'])
  }

  private purchaseDate(): string | null {
    const { dice } = this
    if (dice.chance(0.7)) return null
    return new Date(this.now + (20 - dice.whole(24 * 3)) * HOUR_MS).toISOString()
  }

  /** The segment that is paid, and what became of the quote, by the rules and by what was known. */
  private expectPaid({ owed, claim }: Plan, verdict: Answer['body'], since: number): void {
    const decided = paidAs(verdict.judged, this.policy.verdict_policy, claim)
    const quote = owed.click?.quote ?? null
    expect(verdict.policy).toBe(this.policy.verdict_policy)
    expect(verdict.claimed_new).toBe(claim ?? null)
    expect(verdict.quote === null).toBe(quote === null)
    if (quote === null) {
      expect(verdict.segment).toBe(decided)
      return
    }
    expect(verdict.quote.segment).toBe(quote.segment)
    const { outcome } = verdict.quote
    const isNeeded = quote.segment === 'new' && decided === 'active'
    const fits = since < quote.at ? 'known-before' : 'kept'
    if (owed.purchasedAt() > quote.expires) expect(outcome).toBe('expired')
    else if (outcome !== 'used-before') expect(outcome).toBe(isNeeded ? fits : 'not-needed')
    expect(verdict.segment).toBe(outcome === 'kept' ? 'new' : decided)
    expect(verdict.decided_by === 'quote').toBe(outcome === 'kept')
  }

  /** Of the orders that came with a quote in time, one has it: it or an earlier one. */
  private expectQuotesOnce(fresh: { plan: Plan; verdict: Answer['body'] }[]): void {
    const inTime = fresh.filter(
      ({ verdict }) => verdict.quote && verdict.quote.outcome !== 'expired',
    )
    for (const [id, its] of Map.groupBy(inTime, ({ plan }) => plan.owed.click!.quote!.id)) {
      const taken = its.filter(({ verdict }) => verdict.quote.outcome !== 'used-before')
      expect(taken.length, 'orders with the same quote').toBe(this.usedQuotes.has(id) ? 0 : 1)
      this.usedQuotes.add(id)
    }
  }

  private isFinal(sale: Sale): boolean {
    const days = this.policy.finalization_days * DAY_MS
    const at =
      sale.finalization === null ? sale.owed.acceptedAt + days : Date.parse(sale.finalization)
    return at <= this.now
  }

  finalizesAt(sale: Sale): string {
    const days = this.policy.finalization_days * DAY_MS
    return sale.finalization ?? new Date(sale.owed.acceptedAt + days).toISOString()
  }

  /** Changes and cancellations of many orders at once, each sent up to three times. */
  async changeSales(): Promise<void> {
    await Promise.all(
      this.sales
        .filter(({ isDeleted }) => !isDeleted)
        .filter(() => this.dice.chance(0.4))
        .map((sale) => (this.dice.chance(0.25) ? this.cancel(sale) : this.change(sale))),
    )
  }

  private async cancel(sale: Sale): Promise<void> {
    const isFinal = this.isFinal(sale)
    const times = 1 + this.dice.whole(3)
    const { status } = await this.send('DELETE', `/v1/order/${sale.id}`, {}, times)
    expect(status).toBe(isFinal ? 409 : 200)
    if (isFinal) return
    sale.isDeleted = true
    sale.owed.decline('order-deleted')
  }

  private async change(sale: Sale): Promise<void> {
    const { dice, cards, clicks } = this
    const { document } = sale.owed
    const content = generateContent(dice)
    const kind = dice.whole(6)
    const after: Document = { ...document }
    let body: Record<string, unknown> = {}
    if (kind === 0) Object.assign(after, (body = { total: content.total }))
    else if (kind === 1) Object.assign(after, (body = { line_items: content.line_items }))
    else if (kind === 2) Object.assign(after, content, (body = { ...content }))
    else if (kind === 3) Object.assign(after, (body = { btn_ref: this.reference() }))
    else if (kind === 4) Object.assign(after, (body = { purchase_date: this.purchaseDate() }))
    const end = new Date(this.now + dice.whole(3) * DAY_MS).toISOString()
    if (kind === 5) body = { finalization_date: end }
    const isFinal = this.isFinal(sale)
    const isTooEarly = sale.owed.isChangeTooEarly(after, cards, clicks)
    // Sent again, a change that makes the order final comes too late.
    const times = kind === 5 ? 1 : 1 + dice.whole(3)
    const { status, body: answer } = await this.send('POST', `/v1/order/${sale.id}`, body, times)
    const expected = isFinal ? 409 : isTooEarly ? 400 : 200
    expect(status, JSON.stringify([body, answer])).toBe(expected)
    if (status !== 200) return
    if (kind === 5) sale.finalization = end
    sale.owed.change(after, { cards, clicks }, this.hasSegments ? sale.segment : null, this.now)
  }

  /** By the merchant's customer: who has bought by now. */
  private purchasers(): Map<string, Purchaser> {
    const purchasers = new Map<string, Purchaser>()
    for (const { buyer, buttonId, owed, isDeleted } of this.sales) {
      if (isDeleted || buyer.customer === null) continue
      const identifiers = this.identifiersOf(buyer.customer)
      const known = purchasers.get(buyer.customer)
      if (known) known.orders.push(buttonId)
      else {
        const learned = this.identifiers.get(buyer.customer)
        const learnedAt = (email: string) => learned?.get(email) ?? 0
        const since = owed.acceptedAt
        purchasers.set(buyer.customer, { orders: [buttonId], identifiers, learnedAt, since })
      }
    }
    return purchasers
  }
}
