import { Readable } from 'node:stream'
import type { Database } from '../kernel/database/database.ts'
import { retry } from '../kernel/database/transaction.ts'
import type { Vault } from '../kernel/vault.ts'
import { decryptProgress } from './store/import.ts'
import type { Import } from './store/import.ts'
import { unpackRejects } from './store/batch.ts'
import { listRejects } from './store/batch-store.ts'
import type { StoredRejects } from './store/batch-store.ts'
import { writeRejectsHeader, writeRejects } from './csv/rejects-csv.ts'

// A thousand rows each at the most.
const BATCH = 4

/** The rejected rows of an import as CSV, a piece at a time. */
export function streamRejects(
  { database, vault }: { database: Database; vault: Vault },
  its: Import,
): Readable {
  const header = decryptProgress(vault, its)?.header ?? []
  async function* write(): AsyncGenerator<string> {
    yield writeRejectsHeader(header)
    let after: StoredRejects | undefined
    for (;;) {
      const found: StoredRejects[] = await retry(() =>
        listRejects(database.db, its.key, after, BATCH),
      )
      for (const each of found) yield writeRejects(header, unpackRejects(vault, its.key, each))
      after = found.at(-1)
      if (found.length < BATCH) return
    }
  }
  return Readable.from(write())
}
