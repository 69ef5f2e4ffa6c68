import { rm } from 'node:fs/promises'
import { describe, expect, inject, test } from 'vitest'
import { openPGlite, openPostgres } from '../../src/kernel/database/database.ts'
import type { Database } from '../../src/kernel/database/database.ts'
import { postgresql } from '../support/databases.ts'
import { makeDataFolder } from '../support/templates.ts'
import { complaintsOf, startChild } from './child-server.ts'
import type { ChildServer } from './child-server.ts'
import { createDice } from './dice.ts'
import { checkEnd, endLeases } from './final-checks.ts'
import { createAddress, createMilestones, startLoad } from './load.ts'
import { joinNetwork } from './members.ts'
import { makeReports } from './reports.ts'
import { startWitness } from './witness.ts'
import { EFFORT } from '../support/effort.ts'

interface Place {
  env: Record<string, string>
  /** Opens the database of a server that is down. */
  open(): Promise<Database>
  remove(): Promise<void>
}

const places: { name: string; prepare(): Promise<Place> }[] = [
  {
    name: 'PGlite',
    async prepare() {
      const folder = await makeDataFolder(inject('pgliteFolder'), 'killed')
      return {
        env: { NEWCOMER_DATA: folder },
        open: () => openPGlite({ folder }),
        remove: () => rm(folder, { recursive: true, force: true }),
      }
    },
  },
  {
    name: 'PostgreSQL',
    async prepare() {
      const fresh = await postgresql.create({ poolSize: 3 })
      const { url } = fresh
      if (url === null) throw new Error('this PostgreSQL has no URL')
      return {
        env: { DATABASE_URL: url, NEWCOMER_KEY: 'cd'.repeat(32) },
        open: () => openPostgres(url, { poolSize: 3 }),
        remove: () => fresh.drop(),
      }
    },
  },
]

const OPERATOR_KEY = 'op-a-key-for-tests-only'
const PEOPLE = 200 * EFFORT
const KILLS = 3 * EFFORT
// A kill falls anywhere between two commits, not only right behind an answer.
const MOST_DELAY_MS = 25
const SEED = 20_260_301

describe.each(places)('a server on $name that is killed again and again', ({ prepare }) => {
  test(`loses nothing, repeats nothing (seed ${SEED})`, { timeout: 240_000 * EFFORT }, async () => {
    const dice = createDice(SEED)
    const reports = makeReports(SEED, PEOPLE)
    const place = await prepare()
    const witnesses = { A: await startWitness(), B: await startWitness() }
    const start = () => startChild({ ...place.env, NEWCOMER_OPERATOR_KEY: OPERATOR_KEY })
    let server: ChildServer = await start()
    try {
      const receivers = { A: witnesses.A.url, B: witnesses.B.url }
      const members = await joinNetwork(server.url, OPERATOR_KEY, receivers)
      for (const name of ['A', 'B'] as const)
        witnesses[name].expectSecret(members.hooks[name].secret)
      const address = createAddress()
      address.set(server.url)
      const reached = createMilestones()
      const { keys } = members
      const load = startLoad(reports, { address, keys, acknowledged: reached.count })
      for (let kill = 1; kill <= KILLS; kill++) {
        const share = (kill - 0.8 + 0.6 * dice.next()) / KILLS
        await Promise.race([reached.at(Math.floor(share * reports.length)), load.done])
        await new Promise((resolve) => setTimeout(resolve, dice.whole(MOST_DELAY_MS)))
        expect(server.hasEnded, server.output()).toBe(false)
        await server.kill9()
        address.lose()
        expect(complaintsOf(server), server.output()).toEqual([])
        if (kill === KILLS) await passMinute(place)
        server = await start()
        address.set(server.url)
      }
      const results = await load.done
      expect(load.lost()).toBeGreaterThan(0)
      const { url } = server
      const ended = { url, operatorKey: OPERATOR_KEY, members, reports, results, witnesses }
      await checkEnd(ended)
      expect(complaintsOf(server), server.output()).toEqual([])
      expect(await server.stop(), server.output()).toBe(0)
    } finally {
      await server.kill9()
      await Promise.all([witnesses.A.close(), witnesses.B.close()])
      await place.remove()
    }
  })
})

/** A dead worker's deliveries come due when its lease ends; the test does not wait that minute. */
async function passMinute(place: Place): Promise<void> {
  const database = await place.open()
  await endLeases(database.db)
  await database.close()
}
