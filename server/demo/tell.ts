import { setTimeout as pause } from 'node:timers/promises'
import type { WriteStream } from 'node:tty'
import type { Caller } from './caller.ts'
import type { DemoNetwork } from './create-network.ts'
import { readCounts } from './look-up.ts'
import type { Counts } from './look-up.ts'
import { count, seconds, showProgress } from './progress.ts'
import { replayPurchases } from './replay.ts'
import type { Replay } from './replay.ts'
import { review } from './review.ts'
import type { Review } from './review.ts'
import type { SendShopper } from './send-shopper.ts'
import { signUp } from './sign-up.ts'
import { lateSignUps } from './story.ts'
import type { Story } from './story.ts'

export interface Scene {
  out: WriteStream
  caller: Caller
  network: DemoNetwork
  story: Story
  sendShopper: SendShopper
}

const COUNT_EVERY_MS = 400
const LOOK_EVERY_MS = 50
const QUIET_MS = 500
// Events come within a second; when this long nothing has come, nothing will.
const PATIENCE_MS = 15_000

/** Plays the story on the network and answers what came of it, row by row. */
export async function tell(scene: Scene): Promise<Review> {
  await scene.caller.connect()
  await introduce(scene)
  const replay = await buy(scene)
  const counts = await settle(scene)
  const { caller, network, story } = scene
  return review({ caller, network, story, replay, counts })
}

async function introduce({ out, network, story }: Scene): Promise<void> {
  const began = performance.now()
  const publishers = network.publishers.entries()
  await Promise.all([...publishers].map(([i, each]) => signUp(each, story.audiences[i] ?? [])))
  const customers = story.audiences.flat().filter((person) => !person.signsUpLate)
  const spent = seconds(performance.now() - began)
  out.write(`The publishers reported ${count(customers.length)} customers in ${spent}.\n`)
}

async function buy({ out, caller, network, story, sendShopper }: Scene): Promise<Replay> {
  const began = performance.now()
  const replay: Replay = { orders: 0, lateSignUps: 0, wronglyNew: 0, tokens: new Map() }
  let counts = await readCounts(caller)
  const counting = setInterval(() => {
    void readCounts(caller).then(
      (read) => (counts = read),
      () => undefined,
    )
  }, COUNT_EVERY_MS)
  const progress = showProgress(out, () =>
    sayProgress(replay, counts, story.purchases.length, performance.now() - began, network),
  )
  const late = lateSignUps(network.publishers, story.audiences)
  try {
    await replayPurchases({ caller, network, story, sendShopper, late }, replay)
  } finally {
    clearInterval(counting)
    progress.stop()
  }
  const ms = performance.now() - began
  const rate = count(replay.orders / (ms / 1000))
  out.write(`${count(replay.orders)} orders were accepted in ${seconds(ms)}: ${rate} a second.\n`)
  return replay
}

function sayProgress(
  { orders }: Replay,
  { judgedNew, judgedActive }: Counts,
  all: number,
  ms: number,
  network: DemoNetwork,
): string {
  const left = orders === 0 ? '' : `, ${Math.ceil(((ms / orders) * (all - orders)) / 1000)} s left`
  return [
    `${count(orders)} of ${count(all)} orders`,
    `${count(orders / (ms / 1000))}/s${left}`,
    `${count(judgedNew)} new`,
    `${count(judgedActive)} active`,
    `${count(receivedBy(network))} events received`,
  ].join(' · ')
}

function receivedBy({ publishers }: DemoNetwork): number {
  return publishers.reduce((sum, { inbox }) => sum + inbox.moves + inbox.transactions, 0)
}

/** Waits until the server has nothing more to send, or nothing comes any more. */
async function settle({ caller, network }: Scene): Promise<Counts> {
  let received = receivedBy(network)
  let last = performance.now()
  while (performance.now() - last < PATIENCE_MS) {
    await pause(LOOK_EVERY_MS)
    if (receivedBy(network) !== received) last = performance.now()
    received = receivedBy(network)
    // To look for what waits takes the server's time, so only once it seems that nothing does.
    if (performance.now() - last > QUIET_MS && (await waitingOf(network)) === 0) break
  }
  return readCounts(caller)
}

/** How many publishers have something waiting for them. */
async function waitingOf({ publishers }: DemoNetwork): Promise<number> {
  let waiting = 0
  for (const { client } of publishers) {
    for await (const endpoint of await client.webhooks.list()) {
      const query = { state: 'waiting', page_size: 1 } as const
      for await (const delivery of await client.webhooks.deliveries(endpoint.id, query)) {
        waiting += delivery.state === 'waiting' ? 1 : 0
        break
      }
    }
  }
  return waiting
}
