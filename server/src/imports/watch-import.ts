import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '../kernel/database/database.ts'
import { retry } from '../kernel/database/transaction.ts'
import type { Vault } from '../kernel/vault.ts'
import { answerImport } from './import-schema.ts'
import type { ImportAnswer } from './import-schema.ts'
import type { Import, ImportState } from './store/import.ts'
import { findImport } from './store/import-store.ts'

const POLL_MS = 500
const HEARTBEAT_MS = 15_000
/** Nothing happens in these until somebody asks for it. */
const RESTING: readonly ImportState[] = ['ready', 'finished', 'refused', 'cancelled', 'undone']

/** An import as a stream tells of it: without its report where that is as it was told before. */
type Progress = Omit<ImportAnswer, 'report'> & Partial<Pick<ImportAnswer, 'report'>>

/** What is told of an import; undefined where there is nothing new. */
type Told = { event: 'progress' | 'end'; data: Progress } | undefined

/** An import as it goes on, until it rests. Another process may be the one that works on it. */
export async function* watchImport(
  { database, vault }: { database: Database; vault: Vault },
  begun: Import,
  isOver: () => boolean,
): AsyncGenerator<Told> {
  let its: Import | undefined = begun
  let told = ''
  let toldReport = ''
  let toldAt = performance.now()
  while (its && !isOver()) {
    const data = answerImport(vault, its)
    if (RESTING.includes(its.state)) {
      yield { event: 'end', data }
      return
    }
    const { report, ...rest } = data
    // A report is large and seldom changes; the numbers beside it do twice a second.
    const reportText = JSON.stringify(report)
    const text = JSON.stringify(rest) + reportText
    const isSilent = performance.now() - toldAt > HEARTBEAT_MS
    if (text !== told || isSilent) {
      const isNew = text !== told
      yield isNew ? { event: 'progress', data: reportText === toldReport ? rest : data } : undefined
      told = text
      toldReport = reportText
      toldAt = performance.now()
    }
    await pause(POLL_MS)
    const { key } = begun
    its = await retry(() => findImport(database.db, key))
  }
}
