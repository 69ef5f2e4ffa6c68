import type { Clock } from '../../kernel/clock.ts'
import type { Database, Tx } from '../../kernel/database/database.ts'
import type { Logger } from '../../kernel/log.ts'
import { createLoop } from '../../kernel/loop.ts'
import type { Loop } from '../../kernel/loop.ts'
import { holdPartitions } from '../../kernel/database/partition.ts'
import { afterCommit, inTx } from '../../kernel/database/transaction.ts'
import { enqueueReplay } from '../../events/enqueue-replay.ts'
import { listGathering, lockGathering, moveReplay } from '../../events/replay-store.ts'
import { findStretch, listReplayable } from './replayable-store.ts'

export interface GatheringParts {
  database: Database
  clock: Clock
  log: Logger
}

// A fraction of a second, for which the embedded database makes everybody else wait.
const SET_SIZE = 2_000
// A set never splits events of the same moment. Times are whole milliseconds, as the program's clock has them.
const MOMENT_MS = 1
const FAILURE = 'Events could not be put in line for a replay; they are again in a second'

/** Enqueues the events of replays, one set at a time, each replay in its turn. */
export function createGathering({ database, clock, log }: GatheringParts): Loop {
  async function turn(): Promise<void> {
    const replays = await listGathering(database.db)
    for (const id of replays) {
      await inTx(database.db, (tx) => gatherSet(tx, id, clock.now()))
    }
    if (replays.length > 0) loop.wake()
  }
  const loop = createLoop({ turn, failure: FAILURE, log })
  return loop
}

/**
 * Enqueues the next set of a replay's events and advances the replay, in one tx: a worker that dies
 * meanwhile has done nothing. Returns how many events that were.
 */
export async function gatherSet(tx: Tx, id: string, now: Date, most = SET_SIZE): Promise<number> {
  // A day that is being dropped just now keeps only what is enqueued already.
  await holdPartitions(tx)
  const replay = await lockGathering(tx, id)
  if (!replay) return 0
  const { last, looked } = await findStretch(tx, replay, most)
  const events = last ? await listReplayable(tx, replay, last) : []
  await enqueueReplay(tx, replay, events, { now, isBulk: true })
  const gatheredTo = last && looked >= most ? new Date(last.getTime() + MOMENT_MS) : null
  if (events.length > 0) afterCommit(tx, 'events')
  await moveReplay(tx, id, { events: events.length, gatheredTo })
  return events.length
}
