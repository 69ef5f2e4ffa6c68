import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { openPostgres } from '../../src/kernel/database/database.ts'
import { customerKey } from '../../src/customers/customer.ts'
import { createImportCalls } from '../imports/import-calls.ts'
import { dumpRows } from '../support/dump.ts'
import { emailHash } from '../support/hash.ts'
import { must, startNetwork } from '../support/network.ts'
import type { Member } from '../support/network.ts'
import { startPostgres } from '../support/postgres.ts'
import { findIn, findInFolder, formsOf, formsOfHex } from './canaries.ts'

const ID = 'vAnIsHeDpErSoNiD'
const HASH = emailHash('vanished-person')
const DEVICE = 'c0de5afe-03ee-455a-b3c4-e57283966239'
const NEEDLES = [
  ...formsOf('the id', ID),
  ...formsOfHex('the hash', HASH),
  ...formsOfHex('the device', DEVICE.replaceAll('-', '')),
  ...formsOf('the device', DEVICE),
]
/** Where the keyed hash of an erased customer stays, which nobody can turn back; in orders as a verdict's evidence. */
const KEEPS_KEY = ['customers', 'import_batch_results', 'orders']

test(
  'of erased customers nothing readable is in a dump, nor in any file and WAL after a checkpoint',
  { timeout: 120_000 },
  async () => {
    const postgres = await startPostgres()
    const database = await openPostgres(postgres.url('postgres'), { poolSize: 4 })
    const network = await startNetwork({ database })
    try {
      const [publisher, shop] = [network.publishers[0]!, network.merchants[0]!]
      for (const member of [publisher, shop]) {
        const imports = createImportCalls(network.url, member)
        await imports.run(`id,email_sha256,advertising_id\n${ID},${HASH},${DEVICE}\n`)
        const body = { id: ID, email_sha256: HASH, advertising_id: DEVICE }
        await must(member.call('POST', '/v1/customers', body))
        await must(member.call('GET', `/v1/customers/${ID}/export`))
      }
      const customer = { id: ID, email_sha256: HASH, device_id: DEVICE }
      const order = { order_id: 'kept', total: 5, currency: 'USD', customer }
      await must(shop.call('POST', '/v1/order', { ...order, advertising_id: DEVICE }))
      const { vault, directory } = network.server.parts
      const keyOf = ({ organization }: Member) =>
        customerKey(vault, directory.current().byId(organization.id)!, ID)
      const before = await dumpRows(network.db)
      expect(tablesWith(before, keyOf(shop))).toContain('orders')
      for (const { call } of [publisher, shop]) await must(call('DELETE', `/v1/customers/${ID}`))
      await sql`checkpoint`.execute(network.db)
      const after = await dumpRows(network.db)
      for (const member of [publisher, shop]) {
        const tables = tablesWith(after, keyOf(member))
        expect(tables.filter((table) => !KEEPS_KEY.includes(table))).toEqual([])
        const named = sql`select 1 from orders where customer = ${keyOf(member)}`
        expect((await named.execute(network.db)).rows).toEqual([])
      }
      // The search finds what is there: the name of an organization, in the dump and in the WAL.
      const control = formsOf('the control', shop.organization.name)
      const text = Buffer.from([...after.values()].flat().join('\n'))
      expect(findIn('the dump', text, control)).not.toEqual([])
      expect((await findInFolder(postgres.folder, control)).join()).toMatch(/pg_wal/)
      expect(findIn('the dump', text, NEEDLES)).toEqual([])
      expect(await findInFolder(postgres.folder, NEEDLES)).toEqual([])
    } finally {
      await network.stop()
      await database.close()
      await postgres.stop()
    }
  },
)

const tablesWith = (dump: Map<string, string[]>, key: string): string[] =>
  [...dump].filter(([, rows]) => rows.some((row) => row.includes(key))).map(([name]) => name)
