import { createWriteStream } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { contentOfRow, listIdentifiers } from '../src/customers/provenance.ts'
import { customerKey, encryptCustomer } from '../src/customers/customer.ts'
import { sealIdentifier } from '../src/customers/identifier.ts'
import { openPostgres } from '../src/kernel/database/database.ts'
import { keyOfId } from '../src/kernel/key.ts'
import { migrate } from '../src/kernel/database/migrate.ts'
import { rowAt } from './import-file.ts'
import { openStageVault } from './stage.ts'

const IMPORT = 'import-0123456789abcdef'
const ORGANIZATION = { id: 'org-0123456789abcdef', number: 1 }

/**
 * How somebody who knows PostgreSQL well would do it once, by hand, with nothing else going on: COPY into
 * a staging table, then one statement a table. What the rows are in the end is the same, and has been
 * sealed and encrypted before the clock runs. Answers rows a second.
 */
export async function copyByHand(place: { DATABASE_URL: string }, rows: number): Promise<number> {
  const database = await openPostgres(place.DATABASE_URL, { poolSize: 1 })
  await migrate(database)
  await database.close()
  const folder = await mkdtemp(join(tmpdir(), 'newcomer-copy-'))
  const client = new pg.Client({ connectionString: place.DATABASE_URL })
  await client.connect()
  try {
    const file = join(folder, 'rows')
    await writeSealed(file, rows)
    // The server reads it under an account of its own.
    await chmod(folder, 0o755)
    const began = performance.now()
    await runByHand(client, file)
    return (rows * 1_000) / (performance.now() - began)
  } finally {
    await client.end()
    await rm(folder, { recursive: true, force: true })
  }
}

async function writeSealed(file: string, rows: number): Promise<void> {
  const vault = openStageVault()
  const imported = keyOfId(ORGANIZATION.number, IMPORT)
  const at = new Date().toISOString()
  const stream = createWriteStream(file, { mode: 0o644 })
  for (let index = 0; index < rows; index++) {
    const { id, email } = rowAt('customer', index)
    const identifiers = [{ kind: 'email_sha256' as const, value: email }]
    const given = { import: IMPORT, at, identifiers, purchaseDates: null, replaces: false }
    const content = contentOfRow(id, given)
    const key = customerKey(vault, ORGANIZATION, id)
    const blob = encryptCustomer(vault, key, content).toString('hex')
    const identities = listIdentifiers(content).map((each) => sealIdentifier(vault, each))
    const line = `${[key, identities[0], `\\\\x${blob}`, imported].join('\t')}\n`
    if (!stream.write(line)) await once(stream, 'drain')
  }
  stream.end()
  await once(stream, 'close')
}

async function runByHand(client: pg.Client, file: string): Promise<void> {
  await client.query('begin')
  await client.query(
    'create temporary table staging (customer uuid, identity uuid, blob bytea, import uuid) on commit drop',
  )
  await client.query(`copy staging from '${file}'`)
  await client.query(`
    insert into identities (id, holders, buyers)
    select identity, array_agg(customer), '{}' from staging group by identity order by identity
    on conflict (id) do update set holders = identities.holders || array(
      select unnest(excluded.holders) except select unnest(identities.holders))`)
  await client.query(`
    insert into customers (id, identities, blob, version, imports, created_at, modified_at)
    select customer, array_agg(identity order by identity), (array_agg(blob))[1], 1, array_agg(distinct import),
      now(), now()
    from staging group by customer order by customer
    on conflict (id) do update set identities = excluded.identities, blob = excluded.blob,
      version = customers.version + 1, imports = excluded.imports,
      modified_at = excluded.modified_at`)
  await client.query('commit')
}
