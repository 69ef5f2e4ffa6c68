import { hashEmail } from '../../client/src/index.ts'
import { inFlight } from './caller.ts'
import type { Caller } from './caller.ts'
import type { DemoNetwork } from './create-network.ts'
import { emailOf, shopperIdOf } from './purchases.ts'
import type { Purchase } from './purchases.ts'
import type { SendShopper } from './send-shopper.ts'
import { signUpLate } from './sign-up.ts'
import type { LateSignUp } from './sign-up.ts'
import type { Story } from './story.ts'

export interface ReplayParts {
  caller: Caller
  network: DemoNetwork
  story: Story
  sendShopper: SendShopper
  /** By shopper: who comes to know them once their first purchase is accepted. */
  late: Map<string, LateSignUp[]>
}

/** How far a replay is. */
export interface Replay {
  orders: number
  lateSignUps: number
  /** Late ones who were not active at once. */
  wronglyNew: number
  /** By attribution token: the order that it was sent with. */
  tokens: Map<string, string>
}

/**
 * Reports the live purchases in their order, many at a time; those of one shopper one after another, as
 * their acceptance decides which is the first. `replay` tells how far it is meanwhile.
 */
export async function replayPurchases(parts: ReplayParts, replay: Replay): Promise<void> {
  const turns = new Map<string, Promise<void>>()
  await inFlight(parts.story.live, (purchase) => {
    const { shopper } = purchase
    const before = turns.get(shopper)
    const isFirst = before === undefined
    const turn = (before ?? Promise.resolve())
      .then(() => reportOrder(parts, purchase, replay))
      .then(() => (isFirst ? signUpAll(parts, shopper, replay) : undefined))
    turns.set(shopper, turn)
    return turn
  })
}

async function signUpAll(
  { caller, late }: ReplayParts,
  shopper: string,
  replay: Replay,
): Promise<void> {
  for (const signUp of late.get(shopper) ?? []) {
    if (!(await signUpLate(caller, signUp))) replay.wronglyNew++
    replay.lateSignUps++
  }
}

async function reportOrder(parts: ReplayParts, purchase: Purchase, replay: Replay): Promise<void> {
  const { orderId, shopper, date, total } = purchase
  const token = await clickBefore(parts, purchase)
  if (token !== undefined) replay.tokens.set(token, orderId)
  await parts.caller.post(parts.network.merchant.key, '/v1/order', {
    order_id: orderId,
    total,
    currency: 'USD',
    // A click is of now, and nobody buys before the click that brought them.
    ...(token === undefined ? { purchase_date: date } : { btn_ref: token }),
    customer: { id: shopperIdOf(shopper), email_sha256: hashEmail(emailOf(shopper)) },
  })
  replay.orders++
}

/** Lets a shopper whom a publisher sends come through its link. */
async function clickBefore(
  { network, story, sendShopper }: ReplayParts,
  { orderId }: Purchase,
): Promise<string | undefined> {
  const route = story.routes.get(orderId)
  const publisher = route && network.publishers[route.publisher]
  return publisher && sendShopper(publisher, route.person.id)
}
