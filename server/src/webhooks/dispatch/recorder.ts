import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database/database.ts'
import type { Logger } from '../../kernel/log.ts'
import { Problem } from '../../kernel/problem.ts'
import { inTx, isPassing } from '../../kernel/database/transaction.ts'
import type { Vault } from '../../kernel/vault.ts'
import { recordTurns, turnKey } from './record-results.ts'
import type { Recorded } from './record-results.ts'
import type { Turn } from '../attempts/lane-result.ts'

// Long enough that a busy worker's sets are worth a tx, short enough that nobody waits for it.
const GATHER_MS = 10
// The database was out of reach for seconds already; leases bound how long this is worth it.
const RETRY_MS = 1_000

/** Gathers what became of lanes, and writes it in sets. */
export interface Recorder {
  add(turn: Turn): void
  /** How many lanes wait to be written. */
  waiting(): number
  /** Writes all that waits; false when the database was out of reach. */
  flush(): Promise<boolean>
}

export interface RecorderParts {
  database: Database
  vault: Vault
  clock: Clock
  log: Logger
  recorded(result: Recorded): void
}

export function createRecorder(parts: RecorderParts): Recorder {
  const { database, vault, clock, log, recorded } = parts
  let turns = new Map<string, Turn>()
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<boolean> = Promise.resolve(true)

  /** What is newer of a lane replaces its progress; its attempts are all kept, in order. */
  function merge(before: Turn | undefined, turn: Turn): Turn {
    if (!before) return turn
    const { progress } = turn
    const ackedAt = progress.ackedAt ?? before.progress.ackedAt
    return {
      progress: { ...progress, ackedAt },
      attempts: [...before.attempts, ...turn.attempts],
      gone: before.gone || turn.gone,
    }
  }

  function add(turn: Turn): void {
    const key = turnKey(turn.progress)
    turns.set(key, merge(turns.get(key), turn))
    writeAfter(GATHER_MS)
  }

  function writeAfter(ms: number): void {
    timer ??= setTimeout(() => void flush(), ms)
  }

  async function write(): Promise<boolean> {
    clearTimeout(timer)
    timer = undefined
    if (turns.size === 0) return true
    const set = turns
    turns = new Map()
    try {
      const result = await inTx(database.db, (tx) =>
        recordTurns(tx, vault, [...set.values()], clock.now()),
      )
      recorded(result)
      return true
    } catch (error) {
      if (!(error instanceof Problem) && !isPassing(error)) {
        // Kept, it would fail for ever; dropped, its leases run out and it is sent again.
        log.error({ err: error, lanes: set.size }, 'Deliveries could not be recorded')
        return true
      }
      log.warn({ lanes: set.size }, 'Deliveries wait to be recorded: the database is out of reach')
      for (const [key, turn] of turns) set.set(key, merge(set.get(key), turn))
      turns = set
      clearTimeout(timer)
      timer = undefined
      writeAfter(RETRY_MS)
      return false
    }
  }

  /** One write at a time: a later one of the same lane must not overtake. */
  function flush(): Promise<boolean> {
    writing = writing.then(write)
    return writing
  }

  return { add, waiting: () => turns.size, flush }
}
