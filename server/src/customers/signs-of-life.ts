import type { Clock } from '../kernel/clock.ts'
import type { Db } from '../kernel/database/database.ts'
import { inTx } from '../kernel/database/transaction.ts'
import { ownerOf } from '../kernel/key.ts'
import type { Logger } from '../kernel/log.ts'
import type { Directory } from '../organizations/directory.ts'
import { holdOffErasures } from './erasure-lock.ts'
import { noteLastSigns } from './last-sign-store.ts'

/**
 * Write-behind buffer of customers that gave a sign of life which leaves no other trace. Only of organizations
 * that have a retention period: of others nothing is kept.
 */
export interface SignsOfLife {
  /** By the customer's key, which nobody need have reported. */
  see(customer: string): void
  /** Writes what is not written yet. What can't be written waits for the next time. */
  write(): Promise<void>
  /** The same, and writes nothing by itself from then on. */
  close(): Promise<void>
}

export interface SignParts {
  db: Db
  directory: Pick<Directory, 'current'>
  clock: Clock
  log: Logger
}

// A crash loses no more than what a period in days does not miss.
const WRITE_AFTER_MS = 60_000
// Some tens of milliseconds, for which the embedded database keeps everybody waiting.
const BATCH = 1_000
// Ten megabytes; where the database is away for longer, the signs beyond are lost.
const MAX_WAITING = 100_000

export function createSignsOfLife({ db, directory, clock, log }: SignParts): SignsOfLife {
  let waiting = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  let writing = Promise.resolve()

  async function writeAll(): Promise<void> {
    const taken = [...waiting].sort()
    waiting = new Set()
    for (let from = 0; from < taken.length; from += BATCH) {
      const keys = taken.slice(from, from + BATCH)
      try {
        await inTx(db, async (tx) => {
          // Of one that is erased at this moment nothing is to come back.
          await holdOffErasures(tx, keys)
          await noteLastSigns(tx, keys, clock.now())
        })
      } catch (error) {
        log.warn({ err: error }, 'Signs of life of customers could not be written.')
        for (const key of taken.slice(from)) add(key)
        return
      }
    }
  }

  function add(customer: string): void {
    if (waiting.size < MAX_WAITING) waiting.add(customer)
  }

  function write(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(writeAll)
    return writing
  }

  return {
    see(customer) {
      const organization = directory.current().byNumber(ownerOf(customer))
      if (organization === undefined || organization.retentionDays === null) return
      add(customer)
      if (!isClosed) timer ??= setTimeout(() => void write(), WRITE_AFTER_MS).unref()
    },
    write,
    close() {
      isClosed = true
      return write()
    },
  }
}
