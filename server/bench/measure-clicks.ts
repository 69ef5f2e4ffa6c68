import { sql } from 'kysely'
import { runOpenLoop, sendAll } from './load.ts'
import type { Load } from './load.ts'
import { makeLinks } from './make-clicks.ts'
import { openShop } from './network.ts'
import type { ProgramOptions } from './program.ts'
import { openPlace, startStage } from './stage.ts'
import type { Place, Stage } from './stage.ts'

export const CLICKS_A_SECOND = 2_000
/** What else the server is asked meanwhile. */
export const CUSTOMERS_A_SECOND = 500
const LINKS = 2_000
const WARM_SECONDS = 2
const CONNECTIONS = 64

export interface Clicks {
  redirects: Load
  /** How many clicks were answered, and how many are in the database. */
  answered: number
  recorded: number
  /** Reports of customers without the clicks, and beside them. */
  alone: Load
  beside: Load
}

/**
 * A burst of clicks beside reports of customers, both at their own pace. What was recorded is counted
 * in the database, once the server has stopped.
 */
export async function measureClicks(
  place: Place,
  seconds: number,
  options: ProgramOptions,
): Promise<Clicks> {
  const stage = await startStage('../src/main.ts', place, options)
  try {
    const measured = await runBurst(stage, seconds)
    await stage.stop()
    return { ...measured, recorded: await countClicks(place) }
  } finally {
    await stage.stop()
  }
}

async function runBurst(
  { url, network, traffic }: Stage,
  seconds: number,
): Promise<Omit<Clicks, 'recorded'>> {
  const [merchant] = network.merchants
  if (!merchant) throw new Error('clicks need a merchant')
  await openShop(url, merchant)
  await sendAll(url, CONNECTIONS, Array.from({ length: LINKS }, traffic.reportCustomer))
  const links = await makeLinks(url, network, LINKS)
  let answered = 0
  const click = async (forSeconds: number): Promise<Load> => {
    const requests = Array.from({ length: CLICKS_A_SECOND * forSeconds }, () => {
      const link = links[answered++ % LINKS]
      if (!link) throw new Error('there are fewer links than were asked for')
      return link
    })
    return runOpenLoop({ url, requests, perSecond: CLICKS_A_SECOND })
  }
  const report = (forSeconds: number): Promise<Load> => {
    const length = CUSTOMERS_A_SECOND * forSeconds
    const requests = Array.from({ length }, traffic.reportCustomer)
    return runOpenLoop({ url, requests, perSecond: CUSTOMERS_A_SECOND })
  }
  await Promise.all([click(WARM_SECONDS), report(WARM_SECONDS)])
  const alone = await report(seconds)
  const [redirects, beside] = await Promise.all([click(seconds), report(seconds)])
  return { redirects, answered, alone, beside }
}

async function countClicks(place: Place): Promise<number> {
  const { db, close } = await openPlace(place)
  try {
    const { rows } = await sql<{ count: number }>`
      select count(*)::integer as count from clicks`.execute(db)
    return rows[0]?.count ?? 0
  } finally {
    await close()
  }
}
