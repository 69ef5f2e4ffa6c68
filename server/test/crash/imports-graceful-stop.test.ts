import { request } from 'node:http'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { verify } from '../../src/audit/verify.ts'
import type { Database } from '../../src/kernel/database/database.ts'
import { must } from '../support/network.ts'
import { expectBatchResults, expectCustomers, expectNoBatches } from './import-checks.ts'
import { createImportClient } from './import-client.ts'
import { importInto, makeImportFile } from './import-file.ts'
import { joinImporters } from './import-members.ts'
import { places } from './import-place.ts'
import type { Place } from './import-place.ts'
import { startMortal } from './import-server.ts'
import type { MortalServer } from './import-server.ts'

const SEED = 20_261_130
// What the program promises, and a little for the machine.
const STOP_MS = 15_500

describe.each(places)('a server on $name that is asked to stop', ({ name, prepare }) => {
  // The embedded database takes seconds to start.
  const isQuick = name === 'PostgreSQL'

  test('puts imports down, and goes on with them as it starts', { timeout: 120_000 }, async () => {
    const place = await prepare()
    const server = await startMortal(place)
    try {
      const { shops } = await joinImporters(server.url(), 1)
      const shop = shops[0]!
      const client = createImportClient(server.address, shop.key)
      const file = makeImportFile({ seed: SEED, from: 0, to: 9_000 })
      const { counts, after } = importInto(new Map(), file)
      const { id } = await must(client.call('POST', '/v1/imports?start=now'))

      const sent = client.send(id, file.bytes)
      await client.until(id, (its) => its.received_bytes > 0)
      await stopInTime(server, place)
      await server.start()
      await sent
      if (isQuick) {
        await client.until(id, ({ state }) => state !== 'receiving')
        await stopInTime(server, place)
        await server.start()
      }
      await client.until(id, ({ rows }) => rows > 0)
      await stopInTime(server, place)
      await server.start()
      expect(await client.until(id, ({ state }) => state === 'finished')).toMatchObject(counts)
      await must(client.call('POST', `/v1/imports/${id}/undo`))
      if (isQuick) {
        await client.until(id, ({ undone }) => undone > 0)
        await stopInTime(server, place)
        await server.start()
      }
      await client.until(id, ({ state }) => state === 'undone')
      await stopInTime(server, place, async (database) => {
        await expectNoBatches(database)
        await expectBatchResults(database.db, shop.id, id, counts)
        await expectCustomers(database.db, shop.id, new Map())
        expect((await verify(database)).checks.filter(({ drift }) => drift > 0)).toEqual([])
      })
      expect(after.size).toBeGreaterThan(8_000)
    } finally {
      await server.end()
      await place.remove()
    }
  })
})

test('nobody who sends a file and falls silent can hold it up', { timeout: 60_000 }, async () => {
  const place = await places[1]!.prepare()
  const server = await startMortal(place)
  try {
    const { shops } = await joinImporters(server.url(), 1)
    const { id } = await must(
      createImportClient(server.address, shops[0]!.key).call('POST', '/v1/imports'),
    )
    const headers = { authorization: `Basic ${btoa(`${shops[0]!.key}:`)}` }
    const path = `${server.url()}/v1/imports/${id}/file`
    const silent = request(path, { method: 'PUT', headers })
    silent.on('error', () => undefined)
    await new Promise((resolve) => silent.write('user_id,email_sha256\r\nc-1,', resolve))
    const database = await place.open()
    const { db } = database
    await expect.poll(async () => (await listHeld(db)).length).toBe(1)
    await database.close()
    await stopInTime(server, place)
    silent.destroy()
  } finally {
    await server.end()
    await place.remove()
  }
})

/** It ends in time and well, and nobody has to wait until a lease is over. */
async function stopInTime(
  server: MortalServer,
  place: Place,
  look: (database: Database) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const began = performance.now()
  await server.stop()
  expect(performance.now() - began).toBeLessThan(STOP_MS)
  const database = await place.open()
  try {
    const held = await listHeld(database.db)
    expect(held.filter(({ state }) => state !== 'receiving')).toEqual([])
    await look(database)
  } finally {
    await database.close()
  }
}

/** Imports that somebody works on. */
async function listHeld(db: Database['db']): Promise<{ state: string }[]> {
  const { rows } = await sql<{ state: string }>`
    select state from imports where token is not null`.execute(db)
  return rows
}
