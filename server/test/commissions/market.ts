import { expect } from 'vitest'
import { validateDue } from '../../src/commissions/transactions/validate-transactions.ts'
import { ensurePartitions } from '../../src/kernel/database/partition.ts'
import { follow, linkTo, partnershipPath, register } from '../links/shoppers.ts'
import { manualClock } from '../support/clock.ts'
import type { ManualClock } from '../support/clock.ts'
import type { TestDatabase } from '../support/databases.ts'
import { must, startFreshNetwork } from '../support/network.ts'
import type { Answer, Call, Member, Network, NetworkOptions } from '../support/network.ts'

/** A network in which everything goes over HTTP: links, clicks, orders, and what is read back. */
export interface Market {
  network: Network
  clock: ManualClock
  /** Lets time pass, as far as a server that runs on would see it. */
  advance(ms: number): Promise<void>
  /** Follows a new link to the merchant; answers the token of the click. */
  click(publisher: Member, merchant: Member, options?: ClickOptions): Promise<string>
  /** The quote that the publisher's user is given. */
  quote(publisher: Member, user: string): Promise<string>
  validate(): Promise<number>
  /** What is wrong with the database. */
  drift(): Promise<unknown[]>
  stop(): Promise<void>
}

export interface ClickOptions {
  user?: string | undefined
  ref?: string | undefined
  quote?: string | undefined
}

export const hostOf = (merchant: Member): string => `${merchant.organization.id}.example`

export async function createMarket(
  { create }: TestDatabase,
  options: Omit<NetworkOptions, 'database' | 'clock'> & { start?: string } = {},
): Promise<Market> {
  const clock = manualClock(options.start ?? '2026-03-01T12:00:00.000Z')
  const network = await startFreshNetwork(create, { clock, publishers: 2, ...options })
  for (const merchant of network.merchants) await register(merchant, hostOf(merchant))
  const { parts } = network.server
  return {
    network,
    clock,
    async advance(ms) {
      clock.advance(ms)
      await ensurePartitions(network.db, clock.now())
    },
    async click(publisher, merchant, { user, ref, quote } = {}) {
      const link = await linkTo(publisher, `https://${hostOf(merchant)}/tea`, {
        experience: { ...(user && { btn_pub_user: user }), ...(ref && { btn_pub_ref: ref }) },
        ...(quote && { quote }),
      })
      const { status, token } = await follow(link)
      expect(status).toBe(302)
      return token ?? ''
    },
    async quote(publisher, user) {
      const { quote } = await must(publisher.call('POST', '/v1/offers', { user_id: user }))
      return quote.id
    },
    validate: () => validateDue(parts),
    async drift() {
      const { checks } = await parts.verify()
      return checks.filter((check) => check.drift > 0)
    },
    stop: () => network.stop(),
  }
}

export async function setPartnership(
  { operator }: Network,
  publisher: Member,
  merchant: Member,
  change: { status: string; attribution_days?: number },
): Promise<void> {
  await must(operator.call('PUT', partnershipPath(publisher, merchant), change))
}

export async function setMerchant(
  { operator }: Network,
  { organization }: Member,
  change: object,
): Promise<void> {
  await must(operator.call('PATCH', `/operator/v1/organizations/${organization.id}`, change))
}

/** All objects of a list, page by page, through the URLs that the pages name. */
export async function readList(call: Call, path: string): Promise<Answer['body'][]> {
  const objects: Answer['body'][] = []
  for (let next: string | null = path; next !== null;) {
    const { status, body }: Answer = await call('GET', next)
    expect(status, next).toBe(200)
    objects.push(...body.objects)
    const url: URL | null = body.meta.next === null ? null : new URL(body.meta.next)
    next = url && url.pathname + url.search
  }
  return objects
}

const FIELDS = {
  string: [
    ...['id', 'status', 'category', 'created_date', 'modified_date', 'attribution_date'],
    ...['event_date', 'order_purchased_date', 'currency', 'order_currency', 'btn_ref'],
    ...['button_id', 'button_order_id', 'account_id', 'publisher_organization'],
    ...['publisher_organization_name', 'commerce_organization', 'commerce_organization_name'],
  ],
  number: ['amount', 'order_total'],
  object: ['order_line_items'],
  nullable: [
    ...['validated_date', 'order_click_channel', 'pub_ref', 'order_id', 'customer_order_id'],
    ...['rate_card_id', 'campaign_id', 'publisher_customer_id', 'advertising_id', 'country'],
    ...['customer_segment', 'verdict'],
  ],
}
const LINE_FIELDS = [
  ...['identifier', 'total', 'amount', 'quantity', 'publisher_commission', 'sku', 'gtin'],
  ...['category', 'subcategory1', 'subcategory2', 'description', 'attributes', 'commission_base'],
]

/** That a transaction has all fields of the reference, each of its kind, and no other. */
export function expectShape(transaction: Answer['body']): void {
  expect(Object.keys(transaction).sort()).toEqual(Object.values(FIELDS).flat().sort())
  for (const kind of ['string', 'number', 'object'] as const) {
    for (const field of FIELDS[kind]) expect(typeof transaction[field], field).toBe(kind)
  }
  for (const line of transaction.order_line_items) {
    expect(Object.keys(line).sort()).toEqual([...LINE_FIELDS].sort())
    expect(Number.isSafeInteger(line.publisher_commission)).toBe(true)
    expect(Number.isSafeInteger(line.amount)).toBe(true)
  }
  expect(Number.isSafeInteger(transaction.amount) && transaction.amount >= 0).toBe(true)
  expect(['pending', 'validated', 'declined']).toContain(transaction.status)
  expect(transaction).toMatchObject({
    id: expect.stringMatching(/^tx-[0-9a-f]{16}$/),
    category: 'new-user-order',
    button_id: 'static',
    order_id: null,
  })
}
