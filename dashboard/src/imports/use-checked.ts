import { useCallback, useEffect, useRef, useState } from 'react'
import type { CheckedFile, CheckedHead, Columns } from './check-file.ts'
import { openWorker } from './open-worker.ts'
import type { HashWorker } from './open-worker.ts'

/** From so many bytes on the command is the better way: it goes on by itself for hours. */
export const LARGE_BYTES = 2 * 2 ** 30

/** How far the look at a file is, here in the browser. */
export type Checking =
  | { step: 'none' }
  | { step: 'reading'; file: File }
  /** A column's name does not say what it is full of. */
  | { step: 'asking'; file: File; head: CheckedHead; columns: Columns; unknown: Unknown[] }
  /** So large that it is not gone through unasked. */
  | { step: 'large'; file: File; head: CheckedHead; columns: Columns }
  | { step: 'checking'; file: File; head: CheckedHead; readBytes: number }
  | { step: 'checked'; file: File; head: CheckedHead; columns: Columns; checked: CheckedFile }
  | { step: 'refused'; file: File; message: string }

export interface Unknown {
  name: string
  holds: 'hashes' | 'addresses'
}

export interface UseChecked {
  checking: Checking
  choose(file: File): void
  /** Says what columns hold, and looks at the file anew. */
  say(columns: Columns): void
  /** Goes through a large file. */
  goThrough(): void
  clear(): void
}

/** Looks at a file in a Worker; a new file, or the page's end, ends the look at the last one. */
export function useChecked(): UseChecked {
  const [checking, setChecking] = useState<Checking>({ step: 'none' })
  const worker = useRef<HashWorker>(undefined)
  useEffect(() => () => worker.current?.close(), [])

  const look = useCallback(async (file: File, columns: Columns, isWanted: boolean) => {
    worker.current?.close()
    const own = openWorker()
    worker.current = own
    const set = (next: Checking): void => {
      if (worker.current === own) setChecking(next)
    }
    set({ step: 'reading', file })
    try {
      const head = await own.checkHead(file, columns)
      const early = head.counts.unknown ?? []
      if (early.length > 0) {
        set({ step: 'asking', file, head, columns, unknown: early })
        return
      }
      if (file.size >= LARGE_BYTES && !isWanted) {
        set({ step: 'large', file, head, columns })
        return
      }
      set({ step: 'checking', file, head, readBytes: 0 })
      const checked = await own.checkFile(file, columns, (readBytes) => {
        set({ step: 'checking', file, head, readBytes })
      })
      // Such a column may begin far down.
      const late = checked.counts.unknown ?? []
      if (late.length > 0) set({ step: 'asking', file, head, columns, unknown: late })
      else set({ step: 'checked', file, head, columns, checked })
    } catch (error) {
      set({
        step: 'refused',
        file,
        message: error instanceof Error ? error.message : String(error),
      })
    } finally {
      own.close()
    }
  }, [])
  // The same function each time: what only takes a file is not rendered anew with each word of how far this is.
  const choose = useCallback((file: File) => void look(file, {}, false), [look])

  return {
    checking,
    choose,
    say(said) {
      if (checking.step !== 'asking') return
      void look(checking.file, { ...checking.columns, ...said }, true)
    },
    goThrough() {
      if (checking.step === 'large') void look(checking.file, checking.columns, true)
    },
    clear() {
      worker.current?.close()
      worker.current = undefined
      setChecking({ step: 'none' })
    },
  }
}
