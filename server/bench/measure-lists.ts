import { openConnection } from './connection.ts'
import type { Connection } from './connection.ts'
import { quantiles } from './load.ts'
import { createNetwork, openShop } from './network.ts'
import type { Member, Network } from './network.ts'
import type { ProgramOptions } from './program.ts'
import { seedTransactions } from './seed-transactions.ts'
import { openPlace, openStageVault, startServer } from './stage.ts'
import type { Place } from './stage.ts'

/** How long pages take in three places of one list. */
export interface Lists {
  transactions: number
  first: PageTimes
  middle: PageTimes
  last: PageTimes
}

export interface PageTimes {
  p50Ms: number
  p99Ms: number
}

// Pages as clients ask for them when they say nothing; in between larger ones, to get there sooner.
const PAGES = 20
const PAGE_SIZE = 50
const LARGE_PAGE_SIZE = 500
const STRETCH = PAGES * PAGE_SIZE
// Until its code is compiled; else the first pages would make the last look fast.
const WARM_ROUNDS = 25

/**
 * A publisher's transactions, read from the latest to the first through the API, each exactly once.
 * `count`: a multiple of 2,000.
 */
export async function measureLists(
  place: Place,
  count: number,
  options: ProgramOptions,
): Promise<Lists> {
  const network = await prepare(place)
  const database = await openPlace(place)
  try {
    await seedTransactions(database, openStageVault(), network, count)
  } finally {
    await database.close()
  }
  const server = await startServer('../src/main.ts', place, options)
  const connection = openConnection(server.url)
  try {
    const times = await walk(connection, network.publisher, count)
    return { transactions: count, ...times }
  } finally {
    connection.close()
    await server.stop()
  }
}

/** The network that they are of. An embedded database is written to once its server has stopped. */
async function prepare(place: Place): Promise<Network> {
  const server = await startServer('../src/main.ts', place)
  try {
    const network = await createNetwork(server.url, 1)
    for (const merchant of network.merchants) await openShop(server.url, merchant)
    return network
  } finally {
    await server.stop()
  }
}

interface Page {
  meta: { next: string | null }
  objects: { created_date: string }[]
}

async function walk(
  connection: Connection,
  { write }: Member,
  count: number,
): Promise<Omit<Lists, 'transactions'>> {
  const stretches = [0, count / 2, count - STRETCH].map((from) => ({ from, times: [] as number[] }))
  const readPage = async (size: number, cursor: string | null) => {
    const query = cursor === null ? '' : `&cursor=${cursor}`
    const call = write.get(`/v1/affiliation/transactions?page_size=${size}${query}`)
    const sentAt = performance.now()
    const answer = await connection.ask(call)
    const ms = performance.now() - sentAt
    const { meta, objects } = JSON.parse(answer) as Page
    const next = meta.next === null ? null : new URL(meta.next).searchParams.get('cursor')
    return { ms, next, dates: objects.map((each) => each.created_date) }
  }
  for (let round = 0; round < WARM_ROUNDS; round++) {
    let cursor: string | null = null
    for (let page = 0; page < PAGES; page++) cursor = (await readPage(PAGE_SIZE, cursor)).next
  }
  let read = 0
  let latest = '9999'
  let cursor: string | null = null
  do {
    const stretch = stretches.find(({ from }) => read >= from && read < from + STRETCH)
    const { ms, next, dates } = await readPage(stretch ? PAGE_SIZE : LARGE_PAGE_SIZE, cursor)
    stretch?.times.push(ms)
    // No two were made at the same time: what is strictly older comes once.
    for (const date of dates) {
      if (date >= latest) throw new Error('a list went back to what it had shown')
      latest = date
    }
    read += dates.length
    cursor = next
  } while (cursor !== null)
  if (read !== count) throw new Error(`a list of ${count} transactions showed ${read}`)
  const [first = [], middle = [], last = []] = stretches.map(({ times }) => times)
  return { first: quantiles(first), middle: quantiles(middle), last: quantiles(last) }
}
