import { expect } from 'vitest'
import { ensurePartitions } from '../../../src/kernel/database/partition.ts'
import { follow, register } from '../../links/shoppers.ts'
import { manualClock } from '../../support/clock.ts'
import type { ManualClock } from '../../support/clock.ts'
import type { TestDatabase } from '../../support/databases.ts'
import { must, startFreshNetwork } from '../../support/network.ts'
import type { Member, Network } from '../../support/network.ts'
import { createIdNames } from './id-names.ts'
import type { IdNames } from './id-names.ts'

export type Who = 'publisher' | 'rival' | 'merchant' | 'otherMerchant'

/** `body` is sent as JSON, and as a file where it is a text. */
export interface Request {
  method: string
  path: string
  body?: unknown
  /** Whether its lists have the order of random ids, and are compared without it. */
  isUnordered?: boolean
}

/** An answer as who asks sees it: with names in place of random ids, and without what tells the time of day. */
export interface Told {
  status: number
  headers: Record<string, string>
  text: string
}

/** One of two worlds that begin alike. */
export interface World {
  network: Network
  members: Record<Who, Member>
  names: IdNames
  clock: ManualClock
  /** Asks, and answers what it was told. */
  ask(who: Who, request: Request): Promise<Told>
  /** Asks until the answer fulfils it. */
  askUntil(who: Who, request: Request, isDone: (told: Told) => boolean): Promise<Told>
  /** Somebody follows a new link of the publisher's to the merchant; answers the token. */
  click(by: 'publisher' | 'rival', to: 'merchant' | 'otherMerchant', user: string): Promise<string>
}

export interface Twins {
  worlds: readonly [World, World]
  /** The same in both worlds, a moment later. Answers what both are told; fails where that differs. */
  both(who: Who, request: Request, isDone?: (told: Told) => boolean): Promise<Told>
  /** At the same moment, while what was asked before may still be worked on. */
  meanwhile(who: Who, request: Request, isDone: (told: Told) => boolean): Promise<Told>
  /** Lets time pass in both. */
  advance(ms: number): Promise<void>
  stop(): Promise<void>
}

const START = '2026-03-01T12:00:00.000Z'
const LONGEST_MS = 60_000
const PUBLIC_URL = 'http://network.example'
// They say when an answer was made, and how the connection goes on.
const OF_THE_MOMENT = new Set(['date', 'connection', 'keep-alive', 'x-request-id'])
// How long the machine took.
const MEASURED = /"(?:duration_ms|took_ms|rows_per_second|time_left_seconds)":(?:null|[\d.]+)/g
// They are made of random ids and keys.
const DERIVED =
  /"(?:hash|last_four|x-button-signature|webhook-signature)"+:"+[^"]+"|,[0-9a-f]{64}\r?$/gm

export const hostOf = (to: 'merchant' | 'otherMerchant'): string =>
  to === 'merchant' ? 'shop.example' : 'other-shop.example'

export async function createTwins(database: TestDatabase): Promise<Twins> {
  const worlds = [await createWorld(database), await createWorld(database)] as const
  const meanwhile: Twins['meanwhile'] = async (who, request, isDone) => {
    const [here, there] = await Promise.all(
      worlds.map((world) => world.askUntil(who, request, isDone)),
    )
    expectSame(`${who}: ${request.method} ${request.path}`, here!, there!)
    return here!
  }
  return {
    worlds,
    meanwhile,
    both(who, request, isDone = () => true) {
      // What is of one moment has the order of random ids in lists.
      for (const { clock } of worlds) clock.advance(1)
      return meanwhile(who, request, isDone)
    },
    async advance(ms) {
      for (const { clock, network } of worlds) {
        clock.advance(ms)
        await ensurePartitions(network.db, clock.now())
      }
    },
    async stop() {
      for (const { network } of worlds) await network.stop()
    },
  }
}

/** Every list in it in an order that random ids don't decide. */
function sortLists(text: string): string {
  return JSON.stringify(JSON.parse(text), (_key, value: unknown) => {
    if (!Array.isArray(value)) return value
    const key = (item: unknown): string => createIdNames().toNames(JSON.stringify(item))
    return value.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
  })
}

/** Says where they first differ: an answer may have thousands of characters. */
function expectSame(what: string, here: Told, there: Told): void {
  const [one, other] = [here, there].map(({ text }) => text) as [string, string]
  const at = [...one].findIndex((character, index) => other[index] !== character)
  const from = Math.max(0, (at === -1 ? one.length : at) - 200)
  const shown = (text: string): string => text.slice(from, from + 500)
  expect(shown(other), what).toBe(shown(one))
  expect(there, what).toEqual(here)
}

async function createWorld({ create }: TestDatabase): Promise<World> {
  const clock = manualClock(START)
  const sides = { publishers: 2, merchants: 2, publicUrl: PUBLIC_URL }
  const network = await startFreshNetwork(create, { clock, ...sides })
  const [publisher, rival] = network.publishers as [Member, Member]
  const [merchant, otherMerchant] = network.merchants as [Member, Member]
  await register(merchant, hostOf('merchant'))
  await register(otherMerchant, hostOf('otherMerchant'))
  const members = { publisher, rival, merchant, otherMerchant }
  const names = createIdNames()
  // Each has the same name in both worlds, whoever is told of it first.
  for (const { organization } of Object.values(members)) names.toNames(organization.id)

  const world: World = {
    ...{ network, members, names, clock },
    async ask(who, { method, path, body, isUnordered = false }) {
      const isFile = typeof body === 'string'
      const type = isFile ? 'text/csv' : 'application/json'
      const sent = isFile ? body : JSON.stringify(body)
      const answer = await fetch(network.url + names.toIds(path), {
        method,
        headers: {
          authorization: `Basic ${btoa(`${members[who].key}:`)}`,
          ...(body !== undefined && { 'content-type': type }),
        },
        ...(body !== undefined && { body: names.toIds(sent) }),
      })
      const text = (await answer.text())
        .replace(MEASURED, '"measured":0')
        .replace(DERIVED, '"derived":""')
      const headers = [...answer.headers].filter(([name]) => !OF_THE_MOMENT.has(name))
      return {
        status: answer.status,
        headers: Object.fromEntries(headers),
        text: names.toNames(isUnordered ? sortLists(text) : text),
      }
    },
    async askUntil(who, request, isDone) {
      const end = Date.now() + LONGEST_MS
      let told = await world.ask(who, request)
      while (!isDone(told)) {
        if (Date.now() > end) throw new Error(`still ${told.status} ${told.text}`)
        told = await world.ask(who, request)
      }
      return told
    },
    async click(by, to, user) {
      const link = { url: `https://${hostOf(to)}/tea`, experience: { btn_pub_user: user } }
      const { links } = await must(members[by].call('POST', '/v1/links', link))
      const { status, token } = await follow(links.universal.replace(PUBLIC_URL, network.url))
      expect(status).toBe(302)
      return token!
    },
  }
  return world
}
