import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database/database.ts'
import type { Logger } from '../../kernel/log.ts'
import { Problem } from '../../kernel/problem.ts'
import { inTx, isTransient } from '../../kernel/database/transaction.ts'
import type { Vault } from '../../kernel/vault.ts'
import { claimKey, recordResults } from './record-results.ts'
import type { RecordedResults } from './record-results.ts'
import type { LaneResult } from '../attempts/lane-result.ts'

// Long enough that a busy worker's batch is worth a tx, short enough to add little to a delivery.
const GATHER_MS = 10
// The database was out of reach for seconds already. The leases bound for how long a retry is worth it.
const RETRY_MS = 1_000

/** Group commit: gathers the results of lanes and records many in one tx. */
export interface Recorder {
  add(result: LaneResult): void
  /** How many lanes wait to be recorded. */
  waiting(): number
  /** Records all that waits; false when the database was out of reach. */
  flush(): Promise<boolean>
}

export interface RecorderParts {
  database: Database
  vault: Vault
  clock: Clock
  log: Logger
  recorded(result: RecordedResults): void
}

export function createRecorder(parts: RecorderParts): Recorder {
  const { database, vault, clock, log, recorded } = parts
  let results = new Map<string, LaneResult>()
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<boolean> = Promise.resolve(true)

  /** The newer progress of a lane replaces the older; all attempts are kept, in order. */
  function merge(before: LaneResult | undefined, result: LaneResult): LaneResult {
    if (!before) return result
    const { progress } = result
    const ackedAt = progress.ackedAt ?? before.progress.ackedAt
    return {
      progress: { ...progress, ackedAt },
      attempts: [...before.attempts, ...result.attempts],
      gone: before.gone || result.gone,
    }
  }

  function add(result: LaneResult): void {
    const key = claimKey(result.progress)
    results.set(key, merge(results.get(key), result))
    writeAfter(GATHER_MS)
  }

  function writeAfter(ms: number): void {
    timer ??= setTimeout(() => void flush(), ms)
  }

  async function write(): Promise<boolean> {
    clearTimeout(timer)
    timer = undefined
    if (results.size === 0) return true
    const set = results
    results = new Map()
    try {
      const result = await inTx(database.db, (tx) =>
        recordResults(tx, vault, [...set.values()], clock.now()),
      )
      recorded(result)
      return true
    } catch (error) {
      if (!(error instanceof Problem) && !isTransient(error)) {
        // Kept, it would fail for ever; dropped, the leases run out and the events are sent again.
        log.error({ err: error, lanes: set.size }, 'Deliveries could not be recorded')
        return true
      }
      log.warn({ lanes: set.size }, 'Deliveries wait to be recorded: the database is out of reach')
      for (const [key, result] of results) set.set(key, merge(set.get(key), result))
      results = set
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

  return { add, waiting: () => results.size, flush }
}
