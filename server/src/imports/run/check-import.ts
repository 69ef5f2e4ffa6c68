import type { Database } from '../../kernel/database/database.ts'
import { inTx } from '../../kernel/database/transaction.ts'
import type { Vault } from '../../kernel/vault.ts'
import type { Clock } from '../../kernel/clock.ts'
import { decryptProgress, encryptProgress } from '../store/import.ts'
import type { Preview, ReadingProgress } from '../store/import.ts'
import type { Finding } from '../csv/finding.ts'
import { endCheck } from '../store/import-work-store.ts'
import { findBatch } from '../store/batch-store.ts'
import type { StoredBatch } from '../store/batch-store.ts'
import { createPreview } from './preview.ts'
import type { PreviewParts, RepeatCoverage } from './preview.ts'
import { LostImport } from './write-batch.ts'
import type { Job } from './write-batch.ts'

export interface CheckParts extends PreviewParts {
  database: Database
  vault: Vault
  clock: Clock
  isStopping(): boolean
}

/**
 * Goes through all batches of a whole file: for duplicates among its rows, and, unless it starts at once, for
 * a dry run of what it would do. False if it was stopped before the end.
 */
export async function checkImport(parts: CheckParts, job: Job): Promise<boolean> {
  const { its, worker } = job
  const isWhole = await forEachBatch(parts, job, (number, { blob }) =>
    worker.addDuplicates(number, blob),
  )
  if (!isWhole) return false
  const { findings, ...repeats } = await worker.endDuplicates()
  const preview = its.starts_at_once ? null : await previewBatches(parts, job, repeats)
  if (preview === undefined) return false
  const progress = decryptProgress(parts.vault, its)
  const blob = progress && encryptProgress(parts.vault, its.key, withFindings(progress, findings))
  await inTx(parts.database.db, (tx) =>
    endCheck(tx, { key: its.key, token: its.token, blob, preview }, parts.clock.now()),
  )
  return true
}

function withFindings(progress: ReadingProgress, findings: Finding[]): ReadingProgress {
  const { report } = progress
  return { ...progress, report: { ...report, findings: [...report.findings, ...findings] } }
}

async function previewBatches(
  parts: CheckParts,
  job: Job,
  repeats: RepeatCoverage,
): Promise<Preview | undefined> {
  const preview = createPreview(parts, job)
  const isWhole = await forEachBatch(parts, job, async (number, { blob, rejected }) => {
    const { keys, named } = await job.worker.openBatch(number, blob)
    await preview.add(number, { keys, named, rejected })
    await job.worker.closeBatch(number)
  })
  return isWhole ? preview.end(repeats) : undefined
}

/** False if it was stopped before the end. */
async function forEachBatch(
  parts: CheckParts,
  job: Job,
  look: (number: number, batch: StoredBatch) => Promise<void>,
): Promise<boolean> {
  for (let number = 0; number < job.its.batches; number++) {
    if (parts.isStopping()) return false
    await parts.renewLease(job)
    const stored = await findBatch(parts.database.db, job.its.key, number)
    if (!stored) throw new LostImport('a batch is gone')
    await look(number, stored)
  }
  return true
}
