import type { Call } from './connection.ts'
import { runOpenLoop, sendAll } from './load.ts'
import type { Load } from './load.ts'
import { cardOf, createNetwork } from './network.ts'
import { createDice, emailHash, orderOf, reportOf } from './traffic.ts'

const MERCHANTS = 200
const USERS = 2_000
// Of a hundred users: those who bought somewhere, and at how many merchants at the most.
const ACTIVE_PERCENT = 60
const MOST_SHOPS = 4
const CONNECTIONS = 64
// Cards are written one after another: more of them at once would only wait.
const WRITERS = 4
const WARM_SECONDS = 1

/**
 * A publisher that works with 200 merchants, each with a card of its own, and users that it reported,
 * of whom a part have bought at some of them. Answers what asks for one's offers.
 */
export async function createShoppers(url: string): Promise<() => Call> {
  const { publisher, merchants } = await createNetwork(url, MERCHANTS)
  const draw = createDice()
  const cards = merchants.map((merchant) => cardOf(merchant, 3 + draw(40) / 4))
  await sendAll(url, WRITERS, cards)
  const users = Array.from({ length: USERS }, (_, index) => `shopper-${index}`)
  await sendAll(
    url,
    CONNECTIONS,
    users.map((user) => reportOf(publisher, user, user)),
  )
  const orders = users.flatMap((user) => {
    const shops = draw(100) < ACTIVE_PERCENT ? 1 + draw(MOST_SHOPS) : 0
    return Array.from({ length: shops }, (_, index) => {
      const merchant = merchants[draw(MERCHANTS)]
      return merchant ? [orderOf(merchant, `${user}-${index}`, user, user)] : []
    }).flat()
  })
  await sendAll(url, CONNECTIONS, orders)
  return () => {
    const user = `shopper-${draw(USERS)}`
    const body = { user_id: user, email_sha256s: [emailHash(user)] }
    return publisher.write.post('/v1/offers', body)
  }
}

/** At a steady rate, whatever is answered: as many as leave the server half idle. */
export async function measurePaced(
  url: string,
  next: () => Call,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<Load> {
  const run = (forSeconds: number) => {
    const requests = Array.from({ length: Math.ceil(perSecond * forSeconds) }, next)
    return runOpenLoop({ url, requests, perSecond })
  }
  await run(WARM_SECONDS)
  return run(seconds)
}
