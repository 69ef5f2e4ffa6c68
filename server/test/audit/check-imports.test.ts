import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { verify } from '../../src/audit/verify.ts'
import { createImportCalls } from '../imports/import-calls.ts'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { useNetwork } from '../support/network.ts'

describe.each(databases)('what verify says of imports on $name', ({ create }) => {
  const network = useNetwork(create, { publishers: 1, merchants: 1 })

  beforeAll(async () => {
    const rows = ['a', 'b', 'c'].map((name) => `${name},${emailHash(name)}`)
    const file = ['user_id,email_sha256', ...rows].join('\n')
    await createImportCalls(network.url, network.publishers[0]!).run(file, { startsAtOnce: true })
  })

  /** The checks that find something, by the beginnings of their names. */
  async function findDrift(): Promise<string[]> {
    const { checks } = await verify(network.server.parts.database)
    return checks.filter(({ drift }) => drift > 0).map(({ name }) => name.slice(0, 18))
  }

  test('nothing is wrong with a sound one', async () => {
    expect(await findDrift()).toEqual([])
  })

  const counts = 'the rows of an imp'
  const gifts = 'an import gives so'
  test.each([
    [
      'numbers that do not add up',
      counts,
      'update import_batch_results set rows = 4, created = 4',
      'update import_batch_results set rows = 3, created = 3',
    ],
    [
      'a batch out of turn',
      counts,
      'update import_batch_results set number = 1',
      'update import_batch_results set number = 0',
    ],
    [
      'rows that are missing',
      counts,
      'update imports set total_rows = 4',
      'update imports set total_rows = 3',
    ],
    [
      'one that was undone and gives something',
      gifts,
      "update imports set state = 'undone'",
      "update imports set state = 'finished'",
    ],
    [
      'a customer that no batch names',
      gifts,
      "update customers set imports = array_append(imports, '00000001-0000-0000-0000-000000000000')",
      'update customers set imports = imports[1:1]',
    ],
  ])('%s', async (_, check, breaks, mends) => {
    await sql.raw(breaks).execute(network.db)
    expect(await findDrift()).toEqual([check])
    await sql.raw(mends).execute(network.db)
    expect(await findDrift()).toEqual([])
  })
})
