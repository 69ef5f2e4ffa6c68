import type { Database } from '../../kernel/database/database.ts'
import { inTx } from '../../kernel/database/transaction.ts'
import type { Vault } from '../../kernel/vault.ts'
import type { Clock } from '../../kernel/clock.ts'
import { decryptProgress, encryptProgress } from '../store/import.ts'
import type { Preview } from '../store/import.ts'
import { endCheck } from '../store/import-work-store.ts'
import { findPart } from '../store/batch-store.ts'
import type { StoredPart } from '../store/batch-store.ts'
import { createPreview } from './preview.ts'
import type { PreviewParts, Repeats } from './preview.ts'
import { LostImport } from './write-batch.ts'
import type { Job } from './write-batch.ts'

export interface CheckParts extends PreviewParts {
  database: Database
  vault: Vault
  clock: Clock
  isStopping(): boolean
}

/**
 * Looks at the whole file once more, now that it is here: for what its rows have in common, and, unless
 * it starts at once, for what it would do. False if it was stopped before the end.
 */
export async function checkImport(parts: CheckParts, job: Job): Promise<boolean> {
  const { its, thread } = job
  const isWhole = await forEachPart(parts, job, (number, { blob }) =>
    thread.addDuplicates(number, blob),
  )
  if (!isWhole) return false
  const { findings, ...repeats } = await thread.endDuplicates()
  const preview = its.starts_at_once ? null : await previewParts(parts, job, repeats)
  if (preview === undefined) return false
  const progress = decryptProgress(parts.vault, its)
  if (progress) progress.report.findings.push(...findings)
  const blob = progress && encryptProgress(parts.vault, its.key, progress)
  await inTx(parts.database.db, (tx) =>
    endCheck(tx, { key: its.key, token: its.token, blob, preview }, parts.clock.now()),
  )
  return true
}

async function previewParts(
  parts: CheckParts,
  job: Job,
  repeats: Repeats,
): Promise<Preview | undefined> {
  const preview = createPreview(parts, job)
  const isWhole = await forEachPart(parts, job, async (number, { blob, rejected }) => {
    const { keys, named } = await job.thread.openPart(number, blob)
    await preview.add(number, { keys, named, rejected })
    await job.thread.closePart(number)
  })
  return isWhole ? preview.end(repeats) : undefined
}

/** False if it was stopped before the end. */
async function forEachPart(
  parts: CheckParts,
  job: Job,
  look: (number: number, part: StoredPart) => Promise<void>,
): Promise<boolean> {
  for (let number = 0; number < job.its.parts; number++) {
    if (parts.isStopping()) return false
    await parts.hold(job)
    const stored = await findPart(parts.database.db, job.its.key, number)
    if (!stored) throw new LostImport('a part is gone')
    await look(number, stored)
  }
  return true
}
