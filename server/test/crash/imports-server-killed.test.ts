import { describe, expect, test } from 'vitest'
import { verify } from '../../src/audit/verify.ts'
import { must } from '../support/network.ts'
import type { Answer } from '../support/network.ts'
import { createDice } from './dice.ts'
import {
  expectChains,
  expectBatchResults,
  expectCustomers,
  expectNoBatches,
} from './import-checks.ts'
import { createImportClient } from './import-client.ts'
import type { ImportClient } from './import-client.ts'
import { importInto, makeImportFile } from './import-file.ts'
import { joinImporters, reportPeople } from './import-members.ts'
import { passLeases, places } from './import-place.ts'
import type { Place } from './import-place.ts'
import { startMortal } from './import-server.ts'
import type { MortalServer } from './import-server.ts'

const SEED = 20_261_126
// A kill falls anywhere between two commits, not only where one can be seen.
const MOST_DELAY_MS = 25
const FIRST = { from: 0, to: 9_000 }
const SECOND = { from: 4_500, to: 12_600 }
// The publisher knows these of them.
const MET = Array.from({ length: SECOND.to / 40 }, (_, index) => index * 40)
// The second file names these in rows that are rejected: they keep what the first one gave.
const REJECTED = [0, 1, 40]

type Import = Answer['body']
/** A moment in an import's life: how it is seen that it has come. */
type Moment = (its: Import) => boolean

const received =
  (share: number, { length }: Buffer): Moment =>
  (its) =>
    its.received_bytes >= share * length
const checking: Moment = ({ state }) => state !== 'receiving'
const written =
  (share: number): Moment =>
  ({ rows, total_rows: total }) =>
    rows > 0 && rows >= share * total
const swept =
  (customers: number): Moment =>
  ({ removed }) =>
    removed >= customers
const undoing =
  (customers: number): Moment =>
  ({ undone }) =>
    undone >= customers

interface Story {
  client: ImportClient
  /** Kills the server at these moments of the import, one after another. */
  killAt(id: string, ...moments: Moment[]): Promise<void>
}

describe.each(places)('imports on $name, whose server is killed at any moment', (its) => {
  test(`lose nothing and repeat nothing (seed ${SEED})`, { timeout: 240_000 }, async () => {
    const place = await its.prepare()
    const server = await startMortal(place)
    try {
      const { publisher, shops } = await joinImporters(server.url(), 1)
      const [shop] = shops
      await reportPeople(server.url(), publisher, MET)
      // The embedded database takes seconds to start, and less can happen to it.
      const isQuick = its.name === 'PostgreSQL'
      const story = tell(server, place, shop!.key, isQuick)
      const { client, killAt } = story
      const first = makeImportFile({ seed: SEED, ...FIRST })
      const second = makeImportFile({ seed: SEED + 1, ...SECOND, rejected: REJECTED })
      const given = importInto(new Map(), first)
      const replaced = importInto(given.after, second)

      const { id } = await must(client.call('POST', '/v1/imports?start=now'))
      const sent = client.send(id, first.bytes)
      await killAt(id, ...(isQuick ? [received(0.2, first.bytes)] : []), received(0.4, first.bytes))
      await killAt(id, checking)
      await sent
      await killAt(id, ...(isQuick ? [written(0.1)] : []), written(0.5))
      const finished = await client.until(id, ({ state }) => state === 'finished')
      expect(finished).toMatchObject({ ...given.counts, received_bytes: first.bytes.length })

      const other = await sendByPost(story, second.bytes)
      if (isQuick) await killAt(other, checking)
      const ready = await client.until(other, ({ state }) => state === 'ready')
      const { removed } = replaced
      const { rows: _, ...counts } = replaced.counts
      expect(ready.preview).toMatchObject({ ...counts, removed })
      const { confirm } = ready.preview
      await must(client.call('POST', `/v1/imports/${other}/start?confirm=${confirm}`))
      if (isQuick) await killAt(other, written(0.5), swept(1))
      await killAt(other, swept(removed / 2))
      const done = await client.until(other, ({ state }) => state === 'finished')
      expect(done).toMatchObject({ ...replaced.counts, removed })

      await must(client.call('POST', `/v1/imports/${other}/undo`))
      await killAt(other, undoing(removed / 2))
      const undone = await client.until(other, ({ state }) => state === 'undone')
      const spared = [...replaced.after.keys()].filter((key) => REJECTED.includes(numberOf(key)))
      expect(undone).toMatchObject({
        ...replaced.counts,
        undone: replaced.after.size - spared.length,
      })
      expect(client.lost()).toBeGreaterThan(0)
      await server.stop()

      const database = await place.open()
      try {
        await expectNoBatches(database)
        await expectBatchResults(database.db, shop!.id, id, given.counts)
        await expectBatchResults(database.db, shop!.id, other, replaced.counts)
        // The undo of a replacement gives back what it took.
        await expectCustomers(database.db, shop!.id, given.after)
        expectMoves([...(await expectChains(database.db)).values()])
        expect((await verify(database)).checks.filter(({ drift }) => drift > 0)).toEqual([])
      } finally {
        await database.close()
      }
    } finally {
      await server.end()
      await place.remove()
    }
  })
})

/**
 * Everybody whom the publisher knows was moved: those of the first file are where it put them, whatever came in
 * between, and the others are back.
 */
function expectMoves(lengths: number[]): void {
  expect(lengths).toHaveLength(MET.length)
  expect(Math.max(...lengths)).toBeLessThanOrEqual(3)
  const active = MET.filter((person) => person < FIRST.to)
  expect(lengths.filter((length) => length % 2 === 1)).toHaveLength(active.length)
}

const numberOf = (id: string): number => Number(id.replace('m-', ''))

function tell(server: MortalServer, place: Place, key: string, isQuick: boolean) {
  const dice = createDice(SEED)
  const client = createImportClient(server.address, key)
  const story: Story = {
    client,
    async killAt(id, ...moments) {
      for (const hasCome of moments) {
        await client.until(id, hasCome)
        await new Promise((resolve) => setTimeout(resolve, dice.whole(MOST_DELAY_MS)))
        // The embedded database ends leases when it is opened.
        await server.kill(() => (isQuick ? passLeases(place) : Promise.resolve()))
      }
    },
  }
  return story
}

/** Sends a file with the call that makes the import, of which the answer is lost with the server. */
async function sendByPost({ client, killAt }: Story, bytes: Buffer): Promise<string> {
  const path = '/v1/imports?mode=replace'
  const headers = { 'content-type': 'text/csv', 'idempotency-key': 'the-second-file' }
  const sent = client.post(path, headers, bytes)
  const made = await client.untilListed(1)
  await killAt(made, received(0.4, bytes))
  expect(await sent).toBeUndefined()
  const { id } = await must(client.call('POST', path, { 'idempotency-key': 'the-second-file' }))
  expect(id).toBe(made)
  await client.send(id, bytes)
  return id
}
