import { randomUUID, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { Worker } from 'node:worker_threads'
import { sql } from 'kysely'
import pg from 'pg'
import { pino } from 'pino'
import { startPostgres } from './test/support/postgres.ts'
import { openPostgres } from './src/kernel/database.ts'
import { migrate } from './src/kernel/migrate.ts'
import { ensurePartitions } from './src/kernel/partition.ts'
import { inTx } from './src/kernel/transaction.ts'
import { createVault } from './src/kernel/vault.ts'
import { newId } from './src/kernel/id.ts'
import { ownedKey } from './src/kernel/key.ts'
import { systemClock } from './src/kernel/clock.ts'
import { createOrganization } from './src/organizations/create-organization.ts'
import { createDirectory } from './src/organizations/directory.ts'
import { createEndpoint, newEndpointFields } from './src/events/change-endpoint.ts'
import { appendEvents } from './src/events/append-events.ts'
import { createDispatcher } from './src/webhooks/dispatcher.ts'
import { startReceiver } from './bench/receiver.ts'

const LANES = Number(process.argv[2] ?? 20000), PER = Number(process.argv[3] ?? 1), REAL = process.argv[4] === 'real'
const BATCH = Number(process.argv[5] ?? 1)
const postgres = await startPostgres({ settings: { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track': 'all' } })
try {
  const c = new pg.Client({ connectionString: postgres.url('postgres') }); await c.connect(); await c.query('create database d'); await c.end()
  const database = await openPostgres(postgres.url('d'))
  await sql`create extension pg_stat_statements`.execute(database.db)
  await migrate(database)
  await ensurePartitions(database.db, new Date())
  const now = new Date()
  const log = pino({ level: 'warn' })
  const publisher = await createOrganization(database.db, { name: 'P', role: 'publisher', now })
  const merchant = await createOrganization(database.db, { name: 'M', role: 'merchant', now })
  const directory = createDirectory({ database, log }); await directory.refresh()
  const vault = createVault(randomBytes(32))
  const receiver = await startReceiver()
  const sender = { send: () => Promise.resolve({ status: 200, error: null, retryAfter: null, durationMs: 1, answer: null }), close: () => Promise.resolve() } as never
  await inTx(database.db, (tx) => createEndpoint(tx, { vault, organization: publisher, now }, { ...newEndpointFields, url: receiver.url, event_types: ['segment-change'], batch_size: BATCH } as never))
  const customers = new Map<string, string>()
  for (let i = 0; i < LANES; i++) { const id = `customer-${i}`; customers.set(ownedKey(publisher.number, vault.seal('customer', publisher.id, id)), id) }
  const keys = [...customers.keys()]
  for (let p = 1; p <= PER; p++) for (let i = 0; i < keys.length; i += 1000) {
    const events = keys.slice(i, i + 1000).map((subject) => ({ id: newId('hook'), subject, sequence: p, at: new Date(), organization: publisher.number, merchant: merchant.number, type: 'segment-change' as const, previous: 'new', current: 'active', cause: 'order', period: 1, blob: null }))
    await inTx(database.db, (tx) => appendEvents(tx, events))
  }
  await sql`analyze`.execute(database.db)
  await sql`select pg_stat_statements_reset()`.execute(database.db)
  const subjects = { readCustomers: (_: unknown, ks: string[]) => Promise.resolve(new Map(ks.map((k) => [k, customers.get(k)!]))), readTransactions: () => Promise.resolve(new Map()) }
  const dispatcher = createDispatcher({ database, vault, directory, clock: systemClock, log, subjects: subjects as never, ...(REAL ? {} : { sender }) } as never)
  const cpu = process.cpuUsage(), began = performance.now()
  dispatcher.start()
  for (;;) { await new Promise((r) => setTimeout(r, 20)); const { rows } = await sql<{ n: number }>`select count(*)::int as n from lanes`.execute(database.db); if (rows[0]!.n === 0) break }
  const s = (performance.now() - began) / 1000, used = process.cpuUsage(cpu)
  console.log(`${LANES * PER} events in ${s.toFixed(2)} s = ${(LANES * PER / s).toFixed(0)}/s; cpu of process ${((used.user + used.system) / 1e6).toFixed(2)} s = ${((used.user + used.system) / (LANES * PER)).toFixed(1)} us each`)
  await dispatcher.stop()
  const { rows } = await sql<{ q: string; calls: number; ms: number; rows: number }>`select left(regexp_replace(query, '\s+', ' ', 'g'), 90) q, calls::int, round(total_exec_time::numeric, 1)::float8 ms, rows::int from pg_stat_statements order by total_exec_time desc limit 14`.execute(database.db)
  for (const r of rows) console.log(String(r.ms).padStart(9), String(r.calls).padStart(6), String(r.rows).padStart(8), (r.ms * 1000 / (LANES * PER)).toFixed(1).padStart(6) + 'us', r.q)
  await receiver.stop(); await database.close()
} finally { await postgres.stop() }
