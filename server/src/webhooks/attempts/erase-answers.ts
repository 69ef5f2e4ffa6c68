import { sql } from 'kysely'
import type { Tx } from '../../kernel/database/database.ts'

/** Erasure: deletes what receivers answered to deliveries about these subjects, since it may name the customer. */
export async function eraseAnswers(
  tx: Tx,
  organization: number,
  subjects: string[],
): Promise<void> {
  await sql`
    update attempts set blob = null
    where endpoint in (select number from endpoints where organization = ${organization})
      and subject = any(${subjects}::uuid[]) and blob is not null`.execute(tx)
}
