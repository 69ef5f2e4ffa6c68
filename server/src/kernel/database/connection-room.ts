import { sql } from 'kysely'
import type { Logger } from '../log.ts'
import type { Database } from './database.ts'

// One listens and one watches, beside the pool.
const BESIDE_POOL = 2

/** Warns where all processes together may want more connections than the server gives. */
export async function warnOfConnections(
  { db, kind }: Database,
  { processes, poolSize }: { processes: number; poolSize: number },
  log: Logger,
): Promise<void> {
  if (kind !== 'postgres' || processes === 1) return
  const { rows } = await sql<{ most: number }>`
    select current_setting('max_connections')::int
      - current_setting('superuser_reserved_connections')::int as most`.execute(db)
  const [wanted, most] = [processes * (poolSize + BESIDE_POOL), rows[0]?.most ?? Infinity]
  if (wanted <= most) return
  log.warn(
    { wanted, most },
    'All processes together may want more connections than the database gives: ' +
      'lower NEWCOMER_POOL_SIZE or raise max_connections.',
  )
}
