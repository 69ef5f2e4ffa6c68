import { hash } from 'node:crypto'
import type { Call } from './connection.ts'
import type { Click } from './make-clicks.ts'
import type { Member, Network } from './network.ts'

/** What organizations send, in a mix like that of real ones. Every run sends the same. */
export interface Traffic {
  /** The next report of a customer. */
  reportCustomer(): Call
  /** A look at a customer that was reported before. */
  readCustomer(): Call
  /** The next order of a merchant's customer. */
  recordOrder(): Call
  /** The same mix of orders, each from one of these clicks; who is known is the one who clicked. */
  recordOrderOf(clicks: readonly Click[]): Call
}

// Of a hundred reports: someone known already again, and someone new with an e-mail that another
// customer has too.
const AGAIN_PERCENT = 5
const SHARED_EMAIL_PERCENT = 10
// Of a hundred orders: by a buyer who bought before, and by one whom the publisher knows.
const REPEATED_PERCENT = 40
const KNOWN_PERCENT = 30
// How far back those are who come again: among so many that they are no hot spot.
const RECENT = 10_000

export function createTraffic({ publisher, merchants }: Network): Traffic {
  const [merchant] = merchants
  if (!merchant) throw new Error('orders need a merchant')
  const draw = createDice()
  const emails: number[] = []
  const buyers: string[] = []
  let orders = 0
  const buy = (drawKnown: () => number): Purchase => {
    const isRepeated = buyers.length > 0 && draw(100) < REPEATED_PERCENT
    const number = isRepeated ? recent(buyers.length) : buyers.length
    const isKnown = emails.length > 0 && draw(100) < KNOWN_PERCENT
    const person = (buyers[number] ??= isKnown ? `person-${drawKnown()}` : `stranger-${number}`)
    return { orderId: `order-${orders++}`, customer: `buyer-${number}`, person }
  }
  const recent = (count: number): number => Math.max(0, count - 1 - draw(Math.min(RECENT, count)))
  return {
    reportCustomer() {
      const isAgain = emails.length > 0 && draw(100) < AGAIN_PERCENT
      const number = isAgain ? recent(emails.length) : emails.length
      const isShared = number > 0 && draw(100) < SHARED_EMAIL_PERCENT
      emails[number] ??= isShared ? recent(number) : number
      return reportOf(publisher, `user-${number}`, `person-${emails[number]}`)
    },
    readCustomer: () => publisher.write.get(`/v1/customers/user-${draw(emails.length)}`),
    recordOrder() {
      const { orderId, customer, person } = buy(() => draw(emails.length))
      return orderOf(merchant, orderId, customer, person)
    },
    recordOrderOf(clicks) {
      const click = clicks[draw(clicks.length)]
      if (!click) throw new Error('orders need clicks that they are of')
      const purchase = buy(() => emails[click.user] ?? click.user)
      // Without a date it was bought now, which is after the click.
      const order = { ...orderBody(purchase), purchase_date: null, btn_ref: click.token }
      return merchant.write.post('/v1/order', order)
    },
  }
}

export function reportOf(member: Member, id: string, person: string): Call {
  return member.write.post('/v1/customers', { id, email_sha256: emailHash(person) })
}

export function orderOf(merchant: Member, orderId: string, customer: string, person: string): Call {
  return merchant.write.post('/v1/order', orderBody({ orderId, customer, person }))
}

interface Purchase {
  orderId: string
  customer: string
  person: string
}

function orderBody({ orderId, customer, person }: Purchase) {
  return {
    order_id: orderId,
    total: 4_999,
    currency: 'USD',
    purchase_date: '2025-03-04T10:00:00Z',
    customer: { id: customer, email_sha256: emailHash(person) },
    line_items: [{ identifier: 'sku-1', total: 4_999, quantity: 1, description: 'A record' }],
  }
}

export function emailHash(person: string): string {
  return hash('sha256', `${person}@example.com`, 'hex')
}

/** Numbers below a bound, the same ones in each run: a linear congruential generator of 32 bits. */
export function createDice(): (below: number) => number {
  let state = 1
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
