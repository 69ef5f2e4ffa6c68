import { hashEmail } from '../../client/src/index.ts'
import { inFlight } from './caller.ts'
import type { Caller } from './caller.ts'
import { emailOf } from './purchases.ts'
import type { Purchase } from './purchases.ts'
import { signUpLate } from './sign-up.ts'
import type { LateSignUp } from './sign-up.ts'

export interface ReplayParts {
  caller: Caller
  /** The merchant's. */
  key: string
  purchases: Purchase[]
  /** By shopper: who comes to know them once their first purchase is accepted. */
  late: Map<string, LateSignUp[]>
}

/** How far a replay is. */
export interface Replay {
  orders: number
  lateSignUps: number
  /** Late ones who were not active at once. */
  wronglyNew: number
}

/**
 * Reports the purchases in their order, many at a time; those of one shopper one after another, as
 * their acceptance decides which is the first. `replay` tells how far it is meanwhile.
 */
export async function replayPurchases(parts: ReplayParts, replay: Replay): Promise<void> {
  const turns = new Map<string, Promise<void>>()
  await inFlight(parts.purchases, (purchase) => {
    const before = turns.get(purchase.shopper)
    const turn = before
      ? before.then(() => reportOrder(parts, purchase, replay))
      : reportFirst(parts, purchase, replay)
    turns.set(purchase.shopper, turn)
    return turn
  })
}

async function reportFirst(parts: ReplayParts, purchase: Purchase, replay: Replay): Promise<void> {
  await reportOrder(parts, purchase, replay)
  for (const signUp of parts.late.get(purchase.shopper) ?? []) {
    if (!(await signUpLate(signUp))) replay.wronglyNew++
    replay.lateSignUps++
  }
}

async function reportOrder(
  { caller, key }: ReplayParts,
  { orderId, shopper, date, total }: Purchase,
  replay: Replay,
): Promise<void> {
  await caller.post(key, '/v1/order', {
    order_id: orderId,
    total,
    currency: 'USD',
    purchase_date: date,
    customer: { id: `shopper-${shopper}`, email_sha256: hashEmail(emailOf(shopper)) },
  })
  replay.orders++
}
