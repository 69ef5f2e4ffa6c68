import type { PGlite } from '@electric-sql/pglite'

/**
 * A pool of embedded databases that tests of this process have used and given back. Making one takes seconds, and
 * hundreds of megabytes that only the end of a process surely frees; emptying one takes a fraction of it.
 */
const spare: Spare[] = []

interface Spare {
  instance: PGlite
  made: Made
}

/** What a migrated database holds before anything is written to it. */
interface Made {
  schema: string
  /** The rows of each table that has some, as JSON. */
  rows: Map<string, string>
}

// Those of days are made and dropped as time goes by.
const IS_PARTITION = String.raw`relname ~ '_\d{8}(_kept)?'`
const OF_PUBLIC = `relnamespace = 'public'::regnamespace`

/** A migrated database without anything in it, until it is closed; `make` makes one where none is spare. */
export async function lendPGlite(make: () => Promise<PGlite>): Promise<PGlite> {
  const { instance, made } = spare.pop() ?? (await describeNew(await make()))
  let isClosed = false
  const during = <T>(work: () => Promise<T>): Promise<T> =>
    isClosed ? Promise.reject(new Error('PGlite is closed')) : work()
  const lent: Pick<PGlite, 'query' | 'exec' | 'close'> = {
    query: (text, parameters, options) => during(() => instance.query(text, parameters, options)),
    exec: (text, options) => during(() => instance.exec(text, options)),
    async close() {
      if (isClosed) return
      isClosed = true
      if (await empty(instance, made)) spare.push({ instance, made })
      else await instance.close()
    },
  }
  return lent as PGlite
}

async function describeNew(instance: PGlite): Promise<Spare> {
  const rows = new Map<string, string>()
  for (const table of await listFilled(instance)) {
    const text = `select json_agg(t)::text as rows from "${table}" t`
    rows.set(table, (await instance.query<{ rows: string }>(text)).rows[0]!.rows)
  }
  return { instance, made: { schema: await readSchema(instance), rows } }
}

/** Makes it as it was made; false where a test changed more than rows and partitions. */
async function empty(instance: PGlite, made: Made): Promise<boolean> {
  await instance.exec('rollback')
  await instance.exec('discard all')
  const partitions = await list(instance, `relkind = 'r' and ${IS_PARTITION}`)
  const dropped = partitions.map((name) => `drop table "${name}"`)
  // Triggers that forbid to change what is only added to are of the tables' own kind.
  await instance.exec(['set session_replication_role = replica', ...dropped].join('; '))
  if ((await readSchema(instance)) !== made.schema) return false
  const filled = await listFilled(instance)
  if (filled.length > 0) {
    const names = filled.map((name) => `"${name}"`).join(', ')
    await instance.exec(`truncate ${names} restart identity cascade`)
  }
  for (const [table, rows] of made.rows) {
    const values = `select * from json_populate_recordset(null::"${table}", $1)`
    await instance.query(`insert into "${table}" overriding system value ${values}`, [rows])
  }
  await instance.exec(`select setval(seqrelid, seqstart, false) from pg_sequence`)
  await instance.exec('discard all')
  return true
}

async function list(instance: PGlite, where: string): Promise<string[]> {
  const text = `select relname as name from pg_class where ${OF_PUBLIC} and ${where}`
  return (await instance.query<{ name: string }>(text)).rows.map(({ name }) => name)
}

async function listFilled(instance: PGlite): Promise<string[]> {
  const tables = await list(instance, `relkind = 'r' and not ${IS_PARTITION}`)
  const asked = tables.map(
    (name) => `select '${name}' as name where exists (select from "${name}")`,
  )
  const { rows } = await instance.query<{ name: string }>(asked.join(' union all '))
  return rows.map(({ name }) => name)
}

/** All that makes up the schema but partitions, in one value. */
async function readSchema(instance: PGlite): Promise<string> {
  const tables = `select oid from pg_class where ${OF_PUBLIC} and not ${IS_PARTITION}`
  const { rows } = await instance.query<{ schema: string }>(`
    select md5(string_agg(line, ';' order by line)) as schema from (
      select concat_ws(' ', relname, relkind, reloptions) as line from pg_class where oid in (${tables})
      union all
      select concat_ws(' ', attrelid::regclass, attname, atttypid, attnotnull, attisdropped)
        from pg_attribute where attrelid in (${tables})
      union all
      select concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
        from pg_constraint where conrelid in (${tables})
      union all
      select concat_ws(' ', tgrelid::regclass, tgname, tgenabled) from pg_trigger where tgrelid in (${tables})
      union all
      select concat_ws(' ', proname, md5(prosrc)) from pg_proc where pronamespace = 'public'::regnamespace) lines`)
  return rows[0]!.schema
}
