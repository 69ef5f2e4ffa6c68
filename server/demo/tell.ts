import { setTimeout as pause } from 'node:timers/promises'
import type { WriteStream } from 'node:tty'
import type { Caller } from './caller.ts'
import type { DemoNetwork } from './create-network.ts'
import { importHistory } from './import-history.ts'
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
  const { out, caller, network, story } = scene
  await caller.connect()
  const { history } = story
  const imported =
    history.length > 0 ? await importHistory(out, network.merchant, history) : undefined
  // Once the history is there: else all of its customers would be called new.
  await network.switchSegmentsOn()
  await introduce(scene)
  const replay = await buy(scene)
  const counts = await settle(scene)
  return review({ caller, network, story, imported, replay, counts })
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
    sayProgress(replay, counts, story.live.length, performance.now() - began, network),
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

/** Waits until all that is expected has come, or nothing comes any more. */
async function settle({ caller, network, story }: Scene): Promise<Counts> {
  const expected = story.truth.publishers
    .map(({ events, transactions }) => events + transactions)
    .reduce((sum, each) => sum + each, 0)
  let received = receivedBy(network)
  let last = performance.now()
  while (received < expected && performance.now() - last < PATIENCE_MS) {
    await pause(LOOK_EVERY_MS)
    if (receivedBy(network) !== received) last = performance.now()
    received = receivedBy(network)
  }
  // What comes beyond that, and is too much, comes soon; so does the count of what was acknowledged.
  await pause(QUIET_MS)
  return readCounts(caller)
}
