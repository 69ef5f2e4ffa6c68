import { offerFile } from '../parts/offer-file.ts'
import { openWorker } from './open-worker.ts'
import { PIECE_BYTES } from './piece-cutter.ts'
import type { SentFile } from './worker-protocol.ts'

interface FilePicker {
  showSaveFilePicker(options: { suggestedName: string }): Promise<{
    createWritable(): Promise<{
      write(content: Blob): Promise<void>
      close(): Promise<void>
      abort(): Promise<void>
    }>
  }>
}

/** Without a place to write to, the file is made in memory first: more than this a tab may not have. */
export const MEMORY_BYTES = 512 * 1_048_576

export function canStreamToDisk(): boolean {
  return 'showSaveFilePicker' in globalThis
}

/** Saves exactly what is sent. Answers false where the person has chosen no place. */
export async function saveSent(sent: SentFile): Promise<boolean> {
  const name = `${sent.file.name.replace(/\.\w+$/, '')}.as-sent.csv`
  if (!canStreamToDisk()) {
    const parts: Blob[] = []
    await cutAll(sent, async (content) => void parts.push(content))
    offerFile(new Blob(parts, { type: 'text/csv' }), name)
    return true
  }
  const picker = globalThis as unknown as FilePicker
  const chosen = await picker
    .showSaveFilePicker({ suggestedName: name })
    .catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'AbortError') return undefined
      throw error
    })
  if (!chosen) return false
  const writable = await chosen.createWritable()
  try {
    await cutAll(sent, (content) => writable.write(content))
    await writable.close()
  } catch (error) {
    await writable.abort()
    throw error
  }
  return true
}

async function cutAll(sent: SentFile, write: (content: Blob) => Promise<void>): Promise<void> {
  const worker = openWorker()
  try {
    await worker.open(sent)
    let isLast = false
    for (let from = 0; !isLast;) {
      const piece = await worker.cut(from, PIECE_BYTES, false)
      await write(piece.content)
      from += piece.size
      isLast = piece.isLast
    }
  } finally {
    worker.close()
  }
}
