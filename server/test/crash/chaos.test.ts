import { setTimeout as pause } from 'node:timers/promises'
import { describe, test } from 'vitest'
import { openPostgres } from '../../src/kernel/database/database.ts'
import type { Database } from '../../src/kernel/database/database.ts'
import { startPostgres } from '../support/postgres.ts'
import { setScene } from './chaos-scene.ts'
import type { Scene } from './chaos-scene.ts'
import { createAccidents } from './chaos-accidents.ts'
import { createDice } from './dice.ts'
import type { Dice } from './dice.ts'
import { KEYS, passLeases, preparePostgres } from './import-place.ts'
import { startMortal } from './import-server.ts'
import type { MortalServer } from './import-server.ts'

// A long run by hand: CHAOS_ROUNDS=20 npx vitest run server/test/crash/chaos.test.ts
const ROUNDS = Number(process.env['CHAOS_ROUNDS'] ?? 1)
const FIRST_SEED = 20_261_126
const seeds = Array.from({ length: ROUNDS }, (_, round) => FIRST_SEED + round)
const timeout = 240_000
const MOST_PEACE_MS = 1_500

describe.each(seeds)('receivers on a bad day (seed %d)', (seed) => {
  test('two workers send everything, in order, and nothing twice', { timeout }, async () => {
    const place = await preparePostgres()
    const database = await place.open()
    const servers = [await startMortal(place), await startMortal(place)]
    const parts = { database, servers, seed, dice: createDice(seed) }
    const scene = await setScene(parts)
    try {
      await scene.playDuring(Promise.resolve())
      await scene.settle()
      await scene.check({ canBeForgotten: () => false, isComplete: true })
      for (const server of servers) await server.stop()
    } finally {
      await endAll(servers, scene, database)
      await place.remove()
    }
  })

  test('and the same while workers and the database are killed', { timeout }, async () => {
    const postgres = await startPostgres({ settings: { fsync: 'on', synchronous_commit: 'on' } })
    const url = postgres.url('postgres')
    const open = () => openPostgres(url, { poolSize: 3 })
    const place = { env: { DATABASE_URL: url, ...KEYS }, open }
    const servers = [await startMortal(place), await startMortal(place)]
    const database = await open()
    const dice = createDice(seed)
    const scene = await setScene({ database, servers, seed, dice })
    const { killWorker, killDatabase, killBoth, canBeForgotten } = createAccidents(
      postgres,
      database,
    )
    const [one, two] = servers as [MortalServer, MortalServer]
    const accidents = [
      () => killWorker(one),
      () => killWorker(two),
      () => killDatabase(dice.whole(500)),
      () => killBoth(one, dice.whole(500)),
      () => killBoth(two, dice.whole(500)),
    ]
    async function happen(): Promise<void> {
      for (const accident of shuffled(accidents, dice)) {
        await pause(dice.whole(MOST_PEACE_MS))
        await accident()
      }
    }
    try {
      await scene.playDuring(happen())
      // Whoever had lanes is dead then: tests do not wait until their leases end.
      await killWorker(one, () => killWorker(two, () => passLeases(place)))
      await scene.settle()
      await scene.check({ canBeForgotten, isComplete: false })
      for (const server of servers) await server.stop()
    } finally {
      await endAll(servers, scene, database)
      await postgres.stop()
    }
  })
})

async function endAll(servers: MortalServer[], scene: Scene, database: Database): Promise<void> {
  await Promise.all(servers.map((server) => server.end()))
  await scene.close()
  await database.close()
}

function shuffled<T>(all: T[], dice: Dice): T[] {
  const placed = all.map((each) => ({ each, place: dice.next() }))
  return placed.sort((left, right) => left.place - right.place).map(({ each }) => each)
}
