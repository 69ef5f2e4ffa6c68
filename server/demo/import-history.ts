import type { WriteStream } from 'node:tty'
import { hashEmail } from '../../client/src/index.ts'
import type { Import, ImportPreview } from '../../client/src/index.ts'
import type { Member } from './create-network.ts'
import { count, seconds, showProgress } from './progress.ts'
import { emailOf, shopperIdOf } from './purchases.ts'
import type { Purchase } from './purchases.ts'

/** What became of the shop's history. */
export interface ImportedHistory {
  /** `import-…` */
  id: string
  preview: ImportPreview
  finished: Import
}

/** Brings in whom the shop has had already: sends a file, looks at the preview, starts it, waits for its end. */
export async function importHistory(
  out: WriteStream,
  merchant: Member,
  history: Purchase[],
): Promise<ImportedHistory> {
  const began = performance.now()
  const { imports } = merchant.client
  const { id } = await imports.create(new Blob([writeCustomerFile(history)]))
  let current = await imports.get(id)
  /** Until nothing more happens by itself. */
  const follow = async (): Promise<Import> => {
    for await (current of imports.watch(id));
    return current
  }
  const progress = showProgress(out, () => {
    const { rows, total_rows: all } = current
    return `${count(rows)} of ${count(all)} customers of the shop's history imported`
  })
  try {
    const ready = await follow()
    const { preview } = ready
    if (ready.state !== 'ready' || !preview) throw stopped(ready)
    await imports.start(id)
    const finished = await follow()
    if (finished.state !== 'finished') throw stopped(finished)
    const spent = seconds(performance.now() - began)
    out.write(`The shop imported its ${count(finished.created)} customers in ${spent}.\n`)
    return { id, preview, finished }
  } finally {
    progress.stop()
  }
}

function stopped({ state, error }: Import): Error {
  return new Error(`The import of the shop's history is ${state}. ${error?.message ?? ''}`.trim())
}

/** One row a shopper, with the dates of the first purchase and of the last. */
function writeCustomerFile(history: Purchase[]): string {
  const rows = [...Map.groupBy(history, ({ shopper }) => shopper)].map(([shopper, purchases]) => {
    const dates = purchases.map(({ date }) => date).sort()
    return [shopperIdOf(shopper), hashEmail(emailOf(shopper)), dates.at(0), dates.at(-1)].join(',')
  })
  return ['user_id,email_sha256,first_purchase_date,last_purchase_date', ...rows, ''].join('\n')
}
