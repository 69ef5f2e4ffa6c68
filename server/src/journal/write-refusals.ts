import type { Clock } from '../kernel/clock.ts'
import type { Database, Tx } from '../kernel/database/database.ts'
import { inTx } from '../kernel/database/transaction.ts'
import { HOUR_MS } from '../kernel/durations.ts'
import type { Logger } from '../kernel/log.ts'

// The same refusal again tells nothing new, and a program that was set up wrong repeats it by the thousand.
const REPEATED_MS = HOUR_MS
// Within an hour, of callers that are known and of all others: guesses fill no memory and no journal.
const MAX_KNOWN = 10_000
const MAX_UNKNOWN = 200

/** What tells one refusal from another. */
export interface RefusalKind {
  /** Whether it is about a key or a person that there is. */
  isKnown: boolean
  what: unknown
}

/** Writes what was refused into journals, beside the call and once an hour. */
export interface RefusalWriter {
  /** Calls `append` in a tx of its own later, unless a refusal of the same kind was written within the hour. */
  write(kind: RefusalKind, append: (tx: Tx) => Promise<void> | void): void
  /** Ends with what is being written. */
  settle(): Promise<void>
}

export function createRefusalWriter({
  database,
  clock,
  log,
}: {
  database: Database
  clock: Clock
  log: Logger
}): RefusalWriter {
  const isNew = createRecent(clock)
  const writing = new Set<Promise<void>>()
  return {
    write(kind, append) {
      if (!isNew(kind)) return
      const write = inTx(database.db, append)
        .catch((error: unknown) => {
          log.error({ err: error }, 'What was refused could not be written into its journal.')
        })
        .finally(() => writing.delete(write))
      writing.add(write)
    },
    async settle() {
      await Promise.all(writing)
    },
  }
}

/** Whether nothing of the kind was seen within the hour. */
function createRecent(clock: Clock): (kind: RefusalKind) => boolean {
  let since = -Infinity
  const seen = { known: new Set<string>(), unknown: new Set<string>() }
  return ({ isKnown, what }) => {
    const nowMs = clock.now().getTime()
    if (nowMs - since >= REPEATED_MS) {
      since = nowMs
      seen.known.clear()
      seen.unknown.clear()
    }
    const key = JSON.stringify(what)
    const [its, most] = isKnown ? [seen.known, MAX_KNOWN] : [seen.unknown, MAX_UNKNOWN]
    if (its.has(key) || its.size >= most) return false
    its.add(key)
    return true
  }
}
