import { askOnce, createNetwork } from './network.ts'
import { openConnection } from './connection.ts'
import { runOpenLoop } from './load.ts'
import type { Load } from './load.ts'
import type { ProgramOptions } from './program.ts'
import { startStage } from './stage.ts'
import type { Place, Stage } from './stage.ts'
import { emailHash } from './traffic.ts'

/** What a noisy neighbour costs another organization's calls. */
export interface Neighbour {
  /** Reports of one customer each, at their own pace. */
  alone: Load
  /** The same while another publisher sends all that it can. */
  beside: Load
  /** Customers a second that the neighbour was answered. */
  flood: number
}

const SIGN_UPS_A_SECOND = 50
const WARM_SECONDS = 3
const CONNECTIONS = 30
const BATCH = 1_000

/** Sign-ups of one publisher, alone and beside batches of another that never pauses. */
export async function measureNeighbour(
  place: Place,
  seconds: number,
  options: ProgramOptions,
): Promise<Neighbour> {
  const stage = await startStage('../src/main.ts', place, options)
  try {
    await signUp(stage, WARM_SECONDS)
    const alone = await signUp(stage, seconds)
    const flood = await startFlood(stage.url)
    try {
      await signUp(stage, WARM_SECONDS)
      const [before, began] = [flood.customers(), performance.now()]
      const beside = await signUp(stage, seconds)
      const perSecond = (flood.customers() - before) / ((performance.now() - began) / 1_000)
      return { alone, beside, flood: perSecond }
    } finally {
      await flood.stop()
    }
  } finally {
    await stage.stop()
  }
}

function signUp({ url, traffic }: Stage, seconds: number): Promise<Load> {
  const length = SIGN_UPS_A_SECOND * seconds
  const requests = Array.from({ length }, traffic.reportCustomer)
  return runOpenLoop({ url, requests, perSecond: SIGN_UPS_A_SECOND })
}

interface Flood {
  /** How many customers were taken until now. */
  customers(): number
  stop(): Promise<void>
}

/** Another publisher's batches, the next on each connection as soon as one is answered or refused. */
async function startFlood(url: string): Promise<Flood> {
  const { publisher } = await createNetwork(url, 0)
  let isOver = false
  let batches = 0
  let taken = 0
  const next = () => {
    const from = batches++ * BATCH
    const customers = Array.from({ length: BATCH }, (_, index) => {
      const id = `flood-${from + index}`
      return { id, email_sha256: emailHash(id) }
    })
    return publisher.write.post('/v1/customers/batch', { customers })
  }
  // The first has to be right; what is refused later was too much.
  await askOnce(url, next())
  async function send(): Promise<void> {
    const connection = openConnection(url)
    try {
      while (!isOver) if (await isTaken(connection.ask(next()))) taken += BATCH
    } finally {
      connection.close()
    }
  }
  const sending = Promise.all(Array.from({ length: CONNECTIONS }, send))
  return {
    customers: () => taken,
    async stop() {
      isOver = true
      await sending
    },
  }
}

const isTaken = (answer: Promise<string>): Promise<boolean> =>
  answer.then(
    () => true,
    () => false,
  )
