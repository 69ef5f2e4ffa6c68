import { sql } from 'kysely'
import type { Tx } from '../../kernel/database/database.ts'

/** Deletes what receivers answered to deliveries about these subjects: it may name an erased customer. */
export async function forgetAnswers(
  tx: Tx,
  organization: number,
  subjects: string[],
): Promise<void> {
  await sql`
    update attempts set blob = null
    where endpoint in (select number from endpoints where organization = ${organization})
      and subject = any(${subjects}::uuid[]) and blob is not null`.execute(tx)
}
