import { afterAll, beforeAll } from 'vitest'
import { createLog } from '../../src/kernel/log.ts'
import type { OpenWorker } from '../../src/imports/worker/worker-client.ts'
import type { Config } from '../../src/kernel/config.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import type { Database, Db } from '../../src/kernel/database/database.ts'
import type { Logger } from '../../src/kernel/log.ts'
import { startServer } from '../../src/start.ts'
import type { RunningServer } from '../../src/start.ts'
import type { TestDatabase } from './databases.ts'
import { createStandIn } from './stand-in.ts'

export interface NetworkOptions {
  /** Closed by whoever opened it. */
  database: Database
  clock?: Clock
  /** Silent unless given. */
  log?: Logger
  /** Where the files of imports are worked on; in threads unless given. */
  openWorker?: OpenWorker
  publishers?: number
  merchants?: number
  publicUrl?: string
  trustProxy?: number | string[]
  /** Whether people get pages, as they are built; not unless given. */
  hasDashboard?: boolean
  /** Of the server's configuration what is to be another. */
  config?: Partial<Config>
  /** Whether the merchants have segments switched on. */
  segments?: boolean
}

export interface Answer {
  status: number
  // What it holds is what the test is about to find out.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any
}

/** Calls the server with one key. `path` is the whole of it, such as `/v1/customers`. */
export type Call = (method: string, path: string, body?: unknown) => Promise<Answer>

export interface Member {
  organization: { id: string; name: string; role: 'publisher' | 'merchant' }
  key: string
  call: Call
}

export interface Network {
  server: RunningServer
  db: Db
  url: string
  publishers: Member[]
  merchants: Member[]
  operator: { key: string; call: Call }
  stop(): Promise<void>
}

const OPERATOR_KEY = 'op-a-key-for-tests-only'

/** What a server of a test's network is configured as. */
export function networkConfig(changes: Partial<Config> = {}): Config {
  return {
    port: 0,
    host: '127.0.0.1',
    dataFolder: '/nowhere',
    databaseUrl: undefined,
    poolSize: 10,
    processes: 1,
    key: 'ab'.repeat(32),
    keyFile: undefined,
    mail: undefined,
    operatorKey: OPERATOR_KEY,
    publicUrl: undefined,
    maxConnections: undefined,
    trustProxy: undefined,
    hasDashboard: false,
    mode: 'development',
    webhookAllow: [],
    webhookPorts: [443],
    eventDays: 30,
    logLevel: 'silent',
    ...changes,
  }
}

/**
 * A server on the database, with publishers and merchants that all work with each other: segments
 * are switched on, partnerships approved, calls not limited. Everything is made through the API.
 */
export async function startNetwork(options: NetworkOptions): Promise<Network> {
  const { database, clock, segments = true } = options
  const server = await startServer({
    database,
    log: options.log ?? createLog('silent'),
    ...(clock && { clock }),
    ...(options.openWorker && { openWorker: options.openWorker }),
    config: networkConfig({
      publicUrl: options.publicUrl,
      trustProxy: options.trustProxy,
      hasDashboard: options.hasDashboard ?? false,
      ...options.config,
    }),
  })
  const operator = createCall(server.url, OPERATOR_KEY)
  try {
    // One after another: lists of organizations are in the order in which these were made.
    const join = async (role: Role, count: number): Promise<Member[]> => {
      const members: Member[] = []
      for (const index of numbers(count)) {
        members.push(await createMember(server.url, operator, role, index))
      }
      return members
    }
    const publishers = await join('publisher', options.publishers ?? 2)
    const merchants = await join('merchant', options.merchants ?? 1)
    for (const { organization } of merchants) {
      const path = `/operator/v1/organizations/${organization.id}`
      await must(operator('PATCH', path, { customer_segments: segments }))
    }
    for (const [publisher, merchant] of pairs(publishers, merchants)) {
      const path = `/operator/v1/partnerships/${publisher.organization.id}/${merchant.organization.id}`
      await must(operator('PUT', path, { status: 'approved' }))
    }
    const stop = () => server.stop()
    const { url } = server
    return {
      server,
      db: database.db,
      url,
      publishers,
      merchants,
      operator: { key: OPERATOR_KEY, call: operator },
      stop,
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** The same on an empty database of its own, which goes when the network stops. */
export async function startFreshNetwork(
  create: TestDatabase['create'],
  options: Omit<NetworkOptions, 'database'>,
): Promise<Network> {
  const { database, drop } = await create()
  const network = await startNetwork({ database, ...options })
  return {
    ...network,
    async stop() {
      await network.stop()
      await drop()
    },
  }
}

/** The same for all tests of a suite: starts before the first of them and stops after the last. */
export function useNetwork(
  create: TestDatabase['create'],
  options: Omit<NetworkOptions, 'database'>,
): Readonly<Network> {
  const { object, give, take } = createStandIn<Network>('network')
  beforeAll(async () => give(await startFreshNetwork(create, options)))
  afterAll(() => take()?.stop())
  return object
}

type Role = Member['organization']['role']

async function createMember(
  url: string,
  operator: Call,
  role: Role,
  index: number,
): Promise<Member> {
  const name = `${role} ${index + 1}`
  const organization = await must(operator('POST', '/operator/v1/organizations', { name, role }))
  const path = `/operator/v1/organizations/${organization.id}`
  await must(operator('PATCH', path, { requests_per_minute: 0 }))
  const { key } = await must(operator('POST', `${path}/keys`, { name: 'test' }))
  return { organization: { id: organization.id, name, role }, key, call: createCall(url, key) }
}

/** The object of an answer that has to be there. */
export async function must(answer: Promise<Answer>): Promise<Answer['body']> {
  const { status, body } = await answer
  if (status !== 200) throw new Error(`answered ${status}: ${JSON.stringify(body)}`)
  return body.object ?? body.objects
}

/** A function that calls the server with this key, as JSON. */
export function createCall(url: string, key: string): Call {
  const authorization = `Basic ${btoa(`${key}:`)}`
  return async (method, path, body) => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: await response.json() }
  }
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

function pairs<A, B>(left: A[], right: B[]): [A, B][] {
  return left.flatMap((a) => right.map((b): [A, B] => [a, b]))
}
