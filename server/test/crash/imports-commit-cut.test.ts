import { describe, expect, test } from 'vitest'
import { verify } from '../../src/audit/verify.ts'
import { must } from '../support/network.ts'
import { startCuttingProxy } from './cutting-proxy.ts'
import type { Cut } from './cutting-proxy.ts'
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
import { preparePostgres } from './import-place.ts'
import { startMortal } from './import-server.ts'

const SEED = 20_261_127
const PEOPLE = 4_000
// The publisher knows every tenth of them.
const MET = Array.from({ length: PEOPLE / 10 }, (_, index) => index * 10)

/** What imports commit, by what only that tx does. */
const KINDS: Record<string, RegExp> = {
  'an import is made': /insert into imports /,
  'its file is taken on': /update imports set token = \$1, modified_at/,
  'batches of it are kept': /insert into import_batches/,
  'it is complete': /set state = 'checking'/,
  'it is worked on': /update imports i set token/,
  'it is checked': /case when starts_at_once/,
  'it is moved on by a call': /update imports set state = \$1, modified_at/,
  'a batch is written': /insert into import_batch_results/,
  'a batch is reverted': /update import_batch_results/,
  'it is ended': /update imports set state = \$1, token = null, lease_until = null/,
  'batches are dropped': /delete from import_batches/,
}

const orders: { order: Cut[] }[] = [
  { order: ['before', 'after', 'before'] },
  { order: ['after', 'before', 'after'] },
]

describe.each(orders)('imports of which each COMMIT is cut, first $order.0 it', ({ order }) => {
  test('lose nothing and repeat nothing', { timeout: 120_000 }, async () => {
    const place = await preparePostgres()
    const proxy = await startCuttingProxy(place.url)
    const server = await startMortal({ env: { ...place.env, DATABASE_URL: proxy.url } })
    const cuts = createCuts(order)
    try {
      const { publisher, shops } = await joinImporters(server.url(), 1)
      const shop = shops[0]!
      await reportPeople(server.url(), publisher, MET)
      const client = createImportClient(server.address, shop.key)
      const file = makeImportFile({ seed: SEED, from: 0, to: PEOPLE })
      const { counts, after } = importInto(new Map(), file)
      proxy.cutBy(cuts.decide)

      // One whose file comes with the call, of which the answer may be waited for: nothing is sent again.
      const headers = { 'content-type': 'text/csv', 'idempotency-key': 'one' }
      const posted = await client.post('/v1/imports', headers, file.bytes)
      expect(posted).toMatchObject({ status: 200, body: { object: { total_rows: counts.rows } } })
      const { id } = posted!.body.object
      await client.until(id, ({ state }) => state === 'ready')
      await must(client.call('POST', `/v1/imports/${id}/start`))
      const finished = await client.until(id, ({ state }) => state === 'finished')
      expect(finished).toMatchObject({ ...counts, received_bytes: file.bytes.length })
      await must(client.call('POST', `/v1/imports/${id}/undo`))
      const undone = await client.until(id, ({ state }) => state === 'undone')
      expect(undone).toMatchObject({ undone: after.size })
      // And one whose file comes later, in two bodies.
      const other = (await must(client.call('POST', '/v1/imports?start=now'))).id
      await client.send(other, file.bytes)
      const again = await client.until(other, ({ state }) => state === 'finished')
      expect(again).toMatchObject({ ...counts, received_bytes: file.bytes.length })

      for (const [kind, count] of cuts.counts()) expect(count, kind).toBeGreaterThanOrEqual(2)
      proxy.cutBy(() => undefined)
      await server.stop()
      const database = await place.open()
      try {
        await expectNoBatches(database)
        await expectBatchResults(database.db, shop.id, id, counts)
        await expectBatchResults(database.db, shop.id, other, counts)
        await expectCustomers(database.db, shop.id, after)
        const chains = await expectChains(database.db)
        expect([...chains.values()]).toEqual(MET.map(() => 3))
        expect((await verify(database)).checks.filter(({ drift }) => drift > 0)).toEqual([])
      } finally {
        await database.close()
      }
    } finally {
      await server.end()
      await proxy.close()
      await place.remove()
    }
  })
})

/** Cuts the first commits of each kind in this order, and now and then a later one. */
function createCuts(order: Cut[]) {
  const dice = createDice(SEED)
  const seen = new Map(Object.keys(KINDS).map((kind) => [kind, 0]))
  return {
    counts: () => seen,
    decide(statements: string[]): Cut | undefined {
      const found = Object.entries(KINDS).find(([, text]) => statements.some((s) => text.test(s)))
      if (!found) return undefined
      const place = seen.get(found[0]) ?? 0
      seen.set(found[0], place + 1)
      return order[place] ?? (dice.chance(0.2) ? order[place % order.length] : undefined)
    },
  }
}
