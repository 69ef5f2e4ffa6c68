import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { customerKey, decryptCustomer } from '../../src/customers/customer.ts'
import { decryptProgress } from '../../src/imports/store/import.ts'
import { unpackBatch, unpackRejects } from '../../src/imports/store/batch.ts'
import type { RejectStep } from '../../src/imports/store/batch.ts'
import { createImportCalls } from '../imports/import-calls.ts'
import type { ImportBody, ImportCalls } from '../imports/import-calls.ts'
import { databases } from '../support/databases.ts'
import { dumpRows } from '../support/dump.ts'
import { emailHash } from '../support/hash.ts'
import { must, useNetwork } from '../support/network.ts'
import { fileWith } from './import-canaries.ts'

const SECRET = 'geheimer.vogel'
const ADDRESSES = [
  `${SECRET}@mail.example`,
  `Vogel, G. <${SECRET}@mail.example>`,
  `${SECRET}%40mail.example`,
  `${SECRET}\uff20mail.example`,
  `${SECRET} (at) mail.example`,
  `${SECRET} at mail dot example`,
  `${SECRET}&#64;mail.example`,
]
const rowsOf = (name: string, count: number): string =>
  Array.from({ length: count }, (_, row) => `${name}-${row},${emailHash(`${row}`)}\n`).join('')
const fileOf = (name: string, count: number) => `user_id,email_sha256\n${rowsOf(name, count)}`

describe.each(databases)('of the files of imports, on $name', ({ create }) => {
  const network = useNetwork(create, { publishers: 3, merchants: 2 })
  let publisher: ImportCalls
  let other: ImportCalls
  let shop: ImportCalls

  beforeAll(() => {
    publisher = createImportCalls(network.url, network.publishers[0]!)
    other = createImportCalls(network.url, network.publishers[1]!)
    shop = createImportCalls(network.url, network.merchants[0]!)
  })

  /** All that is stored of imports and of customers, decrypted; by table. */
  async function readAll(): Promise<Record<string, string>> {
    const { vault } = network.server.parts
    const { db } = network
    type Stored = { key: string; number: number; step: RejectStep; blob: Uint8Array }
    const read = async (query: string, decrypt: (row: Stored) => unknown): Promise<string> => {
      const { rows } = await sql<Stored>`${sql.raw(query)}`.execute(db)
      return rows.map((row) => JSON.stringify(decrypt(row))).join('\n')
    }
    const dump = await dumpRows(db)
    return {
      rows: [...dump.values()].flat().join('\n'),
      imports: await read('select key, blob from imports where blob is not null', (row) =>
        decryptProgress(vault, row),
      ),
      parts: await read('select import as key, number, blob from import_batches', (row) =>
        unpackBatch(vault, row.key, row.number, row.blob),
      ),
      rejects: await read('select import as key, number, step, blob from import_rejects', (row) =>
        unpackRejects(vault, row.key, row),
      ),
      customers: await read("select id as key, blob from customers where blob <> ''", (row) =>
        decryptCustomer(vault, { id: row.key, blob: row.blob }),
      ),
    }
  }

  async function expectNowhere(filled: string[]): Promise<void> {
    const all = await readAll()
    for (const [name, text] of Object.entries(all)) {
      expect(text.length > 0, `something is in ${name}`).toBe(filled.includes(name))
      expect(text.toLowerCase().split(SECRET).length - 1, `addresses in ${name}`).toBe(0)
    }
  }

  test('no address is stored, not even encrypted', async () => {
    const file = ADDRESSES.map((address, index) => {
      const [header = '', ...rows] = fileWith(address).split('\n')
      const names = index === 0 ? [[header, ...ADDRESSES].join()] : []
      return [...names, ...rows].join('\n')
    }).join('')
    const { id: begun } = await must(shop.send(undefined))
    const long = `${file}${rowsOf('p', 1_200)}z,"${ADDRESSES[0]}`
    await must(shop.sendRest(begun, 0, long, 'last=false'))
    const { id, preview } = await shop.check(file, { repeatKey: SECRET })
    expect(preview.rejected).toBeGreaterThanOrEqual(80)
    await expectNowhere(['rows', 'imports', 'parts', 'rejects'])
    expect((await shop.rejects(id)).toLowerCase()).not.toContain(SECRET)
    await shop.finish(id)
    await must(shop.cancel(begun))
    await expectNowhere(['rows', 'imports', 'rejects', 'customers'])
    await shop.takeBack(id)
  })

  /** What is told of an import, without what every one has of its own. */
  function tellOf({ id, created_date, started_date, ended_date, ...told }: ImportBody): ImportBody {
    expect([id, created_date, started_date, ended_date].join()).toContain('import-')
    return told
  }

  test('nobody learns from an import whom others know', async () => {
    await shop.run(fileOf('s', 60))
    const file = fileOf('p', 60)
    const unknown = file.replaceAll(/,[0-9a-f]{4}/g, ',0000')
    const seen = await Promise.all(
      (
        [
          [publisher, file],
          [other, unknown],
        ] as const
      ).map(async ([imports, text]) => {
        const ready = await imports.check(text)
        const states = [ready, await imports.finish(ready.id), await imports.run(text)]
        return [...states, await imports.takeBack(states[2].id)].map(tellOf)
      }),
    )
    expect(seen[0]).toEqual(seen[1])
    expect(seen[0]![0].preview).toMatchObject({ segment_changes: null })
  })

  test('a preview counts no customer of others, however many', async () => {
    const second = createImportCalls(network.url, network.merchants[1]!)
    const unknown = fileOf('t', 49).replaceAll(/,[0-9a-f]{4}/g, ',0000')
    const [few, none, many] = [
      await second.check(fileOf('t', 49)),
      await second.check(unknown),
      await second.check(fileOf('t', 50)),
    ]
    expect(few.preview).toMatchObject({ segment_changes: 0 })
    expect(tellOf(few)).toEqual(tellOf(none))
    expect(many.preview).toMatchObject({ created: 50, segment_changes: 0 })
    const [told, toldNone] = [await second.finish(few.id), await second.finish(none.id)]
    expect(told).toMatchObject({ created: 49, preview: few.preview })
    expect(toldNone).toMatchObject({ updated: 49, preview: few.preview })
    const path = `/v1/imports/${few.id}`
    for (const each of ['', '/events', '/rejects.csv', '/file']) {
      const { status } = await network.publishers[0]!.call(
        each === '/file' ? 'PUT' : 'GET',
        path + each,
      )
      expect(status).toBe(404)
    }
  })

  const segmentOf = async (id: string): Promise<string[]> => {
    const { segments } = await must(network.publishers[2]!.call('GET', `/v1/customers/${id}`))
    return segments.map(({ name }: { name: string }) => name)
  }

  test('a customer that an import gave is erased as any other', async () => {
    const [third, merchant] = [network.publishers[2]!, network.merchants[0]!]
    const imports = createImportCalls(network.url, third)
    const file = `user_id,email_sha256\nvanishing-1,${emailHash('v1')}\nstaying-1,${emailHash('v2')}\n`
    const { id } = await imports.run(file)
    const bought = await shop.run(file.replaceAll('ing-', 'ing-buyer-'))
    expect(await segmentOf('vanishing-1')).toEqual(['active', 'new'])
    await must(merchant.call('DELETE', '/v1/customers/vanishing-buyer-1'))
    expect(await segmentOf('vanishing-1')).toEqual(['new', 'new'])
    await must(third.call('DELETE', '/v1/customers/vanishing-1'))
    expect((await third.call('GET', '/v1/customers/vanishing-1')).status).toBe(404)
    expect(Object.values(await readAll()).join()).not.toContain('vanishing')
    // What is left of each is its keyed hash: its own row, and its place in what can be undone.
    const { rows } = await sql<{ id: string; number: number }>`
      select id, number from organizations where id = ${third.organization.id}`.execute(network.db)
    const key = customerKey(network.server.parts.vault, rows[0]!, 'vanishing-1')
    const holders = async (): Promise<string[]> =>
      [...(await dumpRows(network.db))]
        .filter(([, rows]) => rows.some((row) => row.includes(key)))
        .map(([table]) => table)
    expect(await holders()).toEqual(['customers', 'import_batch_results'])
    expect(await imports.takeBack(id)).toMatchObject({ undone: 1 })
    expect(await shop.takeBack(bought.id)).toMatchObject({ undone: 1 })
    expect(await holders()).toEqual(['customers'])
    expect((await third.call('GET', '/v1/customers/staying-1')).status).toBe(404)
    expect(await imports.run(file)).toMatchObject({ created: 2 })
    expect(await segmentOf('vanishing-1')).toEqual(['new', 'new'])
    expect((await must(network.operator.call('POST', '/operator/v1/verify'))).drift).toBe(0)
  })
})
