import type { Database } from '../../kernel/database/database.ts'
import { inTx } from '../../kernel/database/transaction.ts'
import type { Vault } from '../../kernel/vault.ts'
import type { Clock } from '../../kernel/clock.ts'
import { decryptProgress, encryptProgress } from '../store/import.ts'
import type { Import } from '../store/import.ts'
import type { Finding } from '../csv/finding.ts'
import { clearLosses, endCheck, holdForConfirmation } from '../store/import-work-store.ts'
import { findBatch } from '../store/batch-store.ts'
import type { StoredBatch } from '../store/batch-store.ts'
import { createPreview } from './preview.ts'
import type { PreviewEnd, PreviewParts, RepeatCoverage } from './preview.ts'
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
  const { its } = job
  const found = await findDuplicates(parts, job)
  if (!found) return false
  const { findings, ...repeats } = found
  const end = its.starts_at_once ? null : await previewBatches(parts, job, repeats)
  if (end === undefined) return false
  const blob = withFindings(parts, its, [...findings, ...(end ? tellLosses(end) : [])])
  const checked = { key: its.key, token: its.token, blob, preview: end && end.preview }
  await inTx(parts.database.db, (tx) => endCheck(tx, checked, parts.clock.now()))
  return true
}

/**
 * Counts anew what a replacement that was started would take away: since it was looked at, other imports may
 * have run, and none does now. Where that is more than happens from day to day and nobody has confirmed just
 * that number, the import waits for it. `stopped`: before the end.
 */
export async function clearReplacement(
  parts: CheckParts,
  job: Job,
): Promise<'cleared' | 'held' | 'stopped'> {
  const { its } = job
  const repeats = await findDuplicates(parts, job)
  const end = repeats && (await previewBatches(parts, job, repeats))
  if (!end) return 'stopped'
  const { preview } = end
  const isCleared = preview.confirm === null || preview.confirm === its.confirmed
  const blob = isCleared ? its.blob : withFindings(parts, its, tellLosses(end))
  const counted = { key: its.key, token: its.token, blob, preview }
  const isKept = await inTx(parts.database.db, (tx) =>
    isCleared ? clearLosses(tx, counted) : holdForConfirmation(tx, counted, parts.clock.now()),
  )
  // A tx whose answer was lost has held it; if not, the next step of the work finds out.
  if (!isKept && isCleared) throw new LostImport('the import was cancelled')
  return isCleared ? 'cleared' : 'held'
}

const LOSSES = 'replace-takes-away'

function tellLosses({ preview, population }: PreviewEnd): Finding[] {
  const { removed, confirm } = preview
  if (typeof confirm !== 'number') return []
  const number = (count: number): string => count.toLocaleString('en')
  return [
    {
      code: LOSSES,
      severity: 'warning',
      count: removed,
      lines: [],
      message:
        `The file does not say again what earlier imports gave ${number(removed)} of your ` +
        `${number(population.customers)} customers: they would lose it.`,
      advice:
        'Nothing is written yet. If the file was cut short or a column is empty or renamed, cancel the import ' +
        `and send the whole file. If it is meant, start the import with confirm=${confirm}.`,
    },
  ]
}

/** The import's encrypted progress with these findings, and without what an earlier count of losses said. */
function withFindings({ vault }: CheckParts, its: Import, findings: Finding[]): Buffer | null {
  const progress = decryptProgress(vault, its)
  if (!progress) return null
  const { report } = progress
  const others = report.findings.filter(({ code }) => code !== LOSSES)
  const told = { ...report, findings: [...others, ...findings] }
  return encryptProgress(vault, its.key, { ...progress, report: told })
}

type Duplicates = RepeatCoverage & { findings: Finding[] }

/** What rows have in common. Undefined if it was stopped before the end. */
async function findDuplicates(parts: CheckParts, job: Job): Promise<Duplicates | undefined> {
  const { worker } = job
  const isWhole = await forEachBatch(parts, job, (number, { blob }) =>
    worker.addDuplicates(number, blob),
  )
  return isWhole ? worker.endDuplicates() : undefined
}

async function previewBatches(
  parts: CheckParts,
  job: Job,
  repeats: RepeatCoverage,
): Promise<PreviewEnd | undefined> {
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
