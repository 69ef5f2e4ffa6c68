import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { request } from 'undici'
import { writeList } from './import-file.ts'
import { openConnection } from './connection.ts'
import type { Connection } from './connection.ts'
import { createNetwork, openShop } from './network.ts'
import type { Member, Network } from './network.ts'
import type { ProgramOptions } from './program.ts'
import { seedTransactions } from './seed-transactions.ts'
import { openPlace, openStageVault, startServer } from './stage.ts'
import type { Place } from './stage.ts'

/** How long the answers take that pages of the dashboard begin with, of an organization with so much. */
export interface Pages {
  customers: number
  transactions: number
  /** From the first question until reports are counted for the first time. */
  firstCountMs: number
  /** The slowest of some looks at each, warm ones; the parts of a page are asked for side by side. */
  pages: { name: string; worstMs: number }[]
}

const LOOKS = 10
const POLL_MS = 200

const LAST_QUARTER = `start=${dayAgo(90)}`
const OF_PUBLISHER: Record<string, string[]> = {
  home: [
    'reports/segments',
    'reports/moves?by=day',
    'reports/commissions?by=day,status',
    'webhooks',
    'imports',
  ],
  customers: ['customers/page-7', 'customers/page-7/segments', 'customers/page-7/events'],
  transactions: ['affiliation/transactions', 'affiliation/transactions/sums'],
  'transactions filtered': ['affiliation/transactions?status=pending&segment=new'],
  segments: [`reports/segments?${LAST_QUARTER}`, `reports/moves?by=day,cause&${LAST_QUARTER}`],
  reports: [
    `reports/commissions?by=day&${LAST_QUARTER}`,
    `reports/commissions?by=partner&${LAST_QUARTER}`,
  ],
  matches: ['reports/match'],
  merchants: ['merchants'],
}
const OF_MERCHANT: Record<string, string[]> = {
  orders: ['orders', 'verdict-conflicts'],
  publishers: ['publishers'],
  'reports (merchant)': [`reports/commissions?by=day,partner&${LAST_QUARTER}`],
  'by category (merchant)': [`reports/commissions?by=category&${LAST_QUARTER}`],
}

export async function measurePages(
  place: Place,
  count: number,
  options: ProgramOptions,
): Promise<Pages> {
  const network = await prepare(place, count)
  const database = await openPlace(place)
  try {
    await seedTransactions(database, openStageVault(), network, count)
  } finally {
    await database.close()
  }
  const server = await startServer('../src/main.ts', place, options)
  try {
    const [merchant] = network.merchants as [Member]
    const began = performance.now()
    await waitUntilCounted(server.url, network.publisher, ['segments', 'moves', 'commissions'])
    await waitUntilCounted(server.url, merchant, ['commissions'])
    const firstCountMs = performance.now() - began
    const pages = [
      ...(await lookAt(server.url, network.publisher, OF_PUBLISHER)),
      ...(await lookAt(server.url, merchant, OF_MERCHANT)),
    ]
    return { customers: count, transactions: count, firstCountMs, pages }
  } finally {
    await server.stop()
  }
}

/** The network, with so many customers of the publisher's, whom an import brought. */
async function prepare(place: Place, customers: number): Promise<Network> {
  const server = await startServer('../src/main.ts', place)
  try {
    const network = await createNetwork(server.url, 1)
    for (const merchant of network.merchants) await openShop(server.url, merchant)
    const { authorization = '' } = network.publisher.write.get('/').headers
    const { body } = await request(`${server.url}/v1/imports?start=now`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'text/csv' },
      body: Readable.from(writeList('page', customers)),
      ...{ bodyTimeout: 0, headersTimeout: 0 },
    })
    const { object } = (await body.json()) as { object: { id: string } }
    const connection = openConnection(server.url)
    try {
      const path = `/v1/imports/${object.id}`
      while ((await read(connection, network.publisher, path))['state'] !== 'finished') {
        await pause(POLL_MS)
      }
    } finally {
      connection.close()
    }
    return network
  } finally {
    await server.stop()
  }
}

async function read(
  connection: Connection,
  { write }: Member,
  path: string,
): Promise<Record<string, unknown>> {
  const answer = await connection.ask(write.get(path))
  return (JSON.parse(answer) as { object: Record<string, unknown> }).object
}

async function waitUntilCounted(url: string, member: Member, reports: string[]): Promise<void> {
  const connection = openConnection(url)
  try {
    for (const report of reports) {
      while ((await read(connection, member, `/v1/reports/${report}`))['as_of_date'] === null) {
        await pause(POLL_MS)
      }
    }
  } finally {
    connection.close()
  }
}

async function lookAt(
  url: string,
  { write }: Member,
  pages: Record<string, string[]>,
): Promise<Pages['pages']> {
  const connections = Array.from({ length: 6 }, () => openConnection(url))
  try {
    const found: Pages['pages'] = []
    for (const [name, parts] of Object.entries(pages)) {
      const times: number[] = []
      // One more than are counted: whose code is compiled.
      for (let look = 0; look <= LOOKS; look++) {
        const began = performance.now()
        const asked = parts.map(async (part, index) =>
          connections[index]?.ask(write.get(`/v1/${part}`)),
        )
        await Promise.all(asked)
        times.push(performance.now() - began)
      }
      found.push({ name, worstMs: Math.max(...times.slice(1)) })
    }
    return found
  } finally {
    for (const connection of connections) connection.close()
  }
}

function dayAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)
}
