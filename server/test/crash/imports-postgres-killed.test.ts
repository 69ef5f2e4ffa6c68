import { afterAll, beforeAll, expect, test } from 'vitest'
import { verify } from '../../src/audit/verify.ts'
import { openPostgres } from '../../src/kernel/database/database.ts'
import { must } from '../support/network.ts'
import type { Answer } from '../support/network.ts'
import { startPostgres } from '../support/postgres.ts'
import type { Postgres } from '../support/postgres.ts'
import { createDice } from './dice.ts'
import {
  expectChains,
  expectBatchResults,
  expectCustomers,
  expectNoBatches,
} from './import-checks.ts'
import { createImportClient } from './import-client.ts'
import { importInto, makeImportFile } from './import-file.ts'
import { joinImporters, reportPeople } from './import-members.ts'
import { KEYS } from './import-place.ts'
import { startMortal } from './import-server.ts'
import type { MortalServer } from './import-server.ts'

const SEED = 20_261_128
const MOST_DELAY_MS = 25
const PEOPLE = 9_000
const MET = Array.from({ length: PEOPLE / 20 }, (_, index) => index * 20)

let postgres: Postgres
let server: MortalServer

beforeAll(async () => {
  // What an operator's PostgreSQL does: what it says is committed is on the disk.
  postgres = await startPostgres({ settings: { fsync: 'on', synchronous_commit: 'on' } })
  server = await startMortal({ env: { DATABASE_URL: postgres.url('postgres'), ...KEYS } })
})
afterAll(async () => {
  await server.end()
  await postgres.stop()
})

test(
  `PostgreSQL is killed under imports, and nothing is lost or repeated (seed ${SEED})`,
  { timeout: 240_000 },
  async () => {
    const dice = createDice(SEED)
    const { publisher, shops } = await joinImporters(server.url(), 1)
    const shop = shops[0]!
    await reportPeople(server.url(), publisher, MET)
    const client = createImportClient(server.address, shop.key)
    const file = makeImportFile({ seed: SEED, from: 0, to: PEOPLE })
    const { counts, after } = importInto(new Map(), file)

    async function killAt(id: string, hasCome: (its: Answer['body']) => boolean): Promise<void> {
      await client.until(id, hasCome)
      await new Promise((resolve) => setTimeout(resolve, dice.whole(MOST_DELAY_MS)))
      await postgres.kill9()
      await postgres.restart()
    }
    const { id } = await must(client.call('POST', '/v1/imports'))
    const sent = client.send(id, file.bytes)
    await killAt(id, (its) => its.received_bytes >= file.bytes.length / 3)
    await killAt(id, ({ state }) => state === 'checking')
    await sent
    const ready = await client.until(id, ({ state }) => state === 'ready')
    const { rows: _, ...previewed } = counts
    expect(ready.preview).toMatchObject(previewed)
    await must(client.call('POST', `/v1/imports/${id}/start`))
    for (const share of [0.2, 0.6]) {
      await killAt(id, ({ rows, total_rows: total }) => rows >= share * total)
    }
    expect(await client.until(id, ({ state }) => state === 'finished')).toMatchObject(counts)
    await must(client.call('POST', `/v1/imports/${id}/undo`))
    await killAt(id, ({ undone }) => undone >= after.size / 4)
    const undone = await client.until(id, ({ state }) => state === 'undone')
    expect(undone).toMatchObject({ ...counts, undone: after.size })
    // The server lived through all of it, and has nothing to complain of.
    await server.stop()

    const database = await openPostgres(postgres.url('postgres'), { poolSize: 3 })
    try {
      await expectNoBatches(database)
      await expectBatchResults(database.db, shop.id, id, counts)
      await expectCustomers(database.db, shop.id, new Map())
      const chains = await expectChains(database.db)
      expect([...chains.values()]).toEqual(MET.map(() => 2))
      expect((await verify(database)).checks.filter(({ drift }) => drift > 0)).toEqual([])
    } finally {
      await database.close()
    }
  },
)
