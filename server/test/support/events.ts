import { sql } from 'kysely'
import type { Db } from '../../src/kernel/database/database.ts'

export interface ToldEvent {
  id: string
  subject: string
  sequence: number
  organization: number
  merchant: number | null
  previous: string | null
  current: string | null
  cause: string | null
}

/** All segment changes, or one organization's; each customer's in order. */
export async function readEvents(db: Db, organization?: string): Promise<ToldEvent[]> {
  const { rows } = await sql<ToldEvent>`
    select id, subject, sequence, organization, merchant, previous, current, cause from events
    where type = 'segment-change' and (${organization ?? null}::text is null
      or organization = (select number from organizations where id = ${organization ?? null}))
    order by subject, sequence`.execute(db)
  return rows
}
