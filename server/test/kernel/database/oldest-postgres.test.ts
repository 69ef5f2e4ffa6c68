import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { openPostgres } from '../../../src/kernel/database/database.ts'
import { emailHash } from '../../support/hash.ts'
import { must, startNetwork } from '../../support/network.ts'
import { installedBinaries } from '../../support/postgres-binaries.ts'
import { startPostgres } from '../../support/postgres.ts'
import { copyPostgresTemplate, writePostgresTemplate } from '../../support/templates.ts'

test('the oldest PostgreSQL that the README names migrates and serves', async () => {
  const installed = installedBinaries(15)
  await using stack = new AsyncDisposableStack()
  const postgres = await startPostgres({ installed, settings: { fsync: 'off' } })
  stack.defer(() => postgres.stop())
  await writePostgresTemplate((name) => postgres.url(name))
  const url = await copyPostgresTemplate(postgres.url('postgres'))
  const database = await openPostgres(url, { poolSize: 5 })
  stack.defer(() => database.close())
  const { rows } = await sql<{ version: string }>`
    select current_setting('server_version') as version`.execute(database.db)
  expect(rows[0]?.version).toMatch(/^15\./)

  const network = await startNetwork({ database, publishers: 1, merchants: 1 })
  stack.defer(() => network.stop())
  const [publisher, merchant] = [network.publishers[0]!, network.merchants[0]!]
  const customer = { id: 'kim', email_sha256: emailHash('kim') }
  await must(publisher.call('POST', '/v1/customers', customer))
  const order = { order_id: 'first', total: 1250, currency: 'USD', customer }
  await must(merchant.call('POST', '/v1/order', order))
  const { segments } = await must(publisher.call('GET', '/v1/customers/kim'))
  expect(JSON.stringify(segments)).toContain('active')
  expect((await network.server.parts.verify()).drift).toBe(0)
}, 120_000)
