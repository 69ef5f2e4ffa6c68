import type { CheckedFile, CheckedHead, Columns } from './check-file.ts'
import type { Answers, Asked, PackedPiece, SentFile, Told } from './worker-protocol.ts'

/** The Worker, as the page asks it. Everything rejects with an Error that says what to do. */
export interface HashWorker {
  checkHead(file: File, columns: Columns): Promise<CheckedHead>
  checkFile(file: File, columns: Columns, read: (bytes: number) => void): Promise<CheckedFile>
  open(sent: SentFile): Promise<null>
  /** A part of what is sent, from this byte on, of about so many bytes. */
  cut(from: number, size: number, isPacked: boolean): Promise<PackedPiece>
  /** Ends it, whatever it does. */
  close(): void
}

interface Waiting {
  resolve(answer: never): void
  reject(error: Error): void
  read: ((bytes: number) => void) | undefined
}

export function openWorker(): HashWorker {
  const worker = new Worker(new URL('./hash-worker.ts', import.meta.url), { type: 'module' })
  const waiting = new Map<number, Waiting>()
  let last = 0
  let failure: Error | undefined
  const fail = (error: Error): void => {
    failure = error
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  worker.onerror = () => {
    fail(
      new Error(
        'What reads the file could not be loaded, or ran out of memory. Load the page anew.',
      ),
    )
  }
  worker.onmessage = ({ data }: MessageEvent<Told>) => {
    const asker = waiting.get(data.number)
    if (!asker) return
    if ('read' in data) {
      asker.read?.(data.read)
      return
    }
    waiting.delete(data.number)
    if ('failure' in data) asker.reject(new Error(data.failure))
    else asker.resolve(data.answer as never)
  }
  function ask<Name extends Asked['ask']>(
    asked: Extract<Asked, { ask: Name }>,
    read?: (bytes: number) => void,
  ): Promise<Answers[Name]> {
    return new Promise((resolve, reject) => {
      if (failure) {
        reject(failure)
        return
      }
      last += 1
      waiting.set(last, { resolve, reject, read })
      worker.postMessage({ ...asked, number: last })
    })
  }
  return {
    checkHead: (file, columns) => ask<'head'>({ ask: 'head', file, columns }),
    checkFile: (file, columns, read) => ask<'file'>({ ask: 'file', file, columns }, read),
    open: (sent) => ask<'open'>({ ask: 'open', ...sent }),
    cut: (from, size, isPacked) => ask<'piece'>({ ask: 'piece', from, size, isPacked }),
    close() {
      worker.terminate()
      fail(new Error('It was stopped.'))
    },
  }
}
