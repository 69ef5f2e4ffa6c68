import type { Clock } from '../../kernel/clock.ts'
import type { Database, Tx } from '../../kernel/database/database.ts'
import type { Logger } from '../../kernel/log.ts'
import { createLoop } from '../../kernel/loop.ts'
import type { Loop } from '../../kernel/loop.ts'
import { holdPartitions } from '../../kernel/database/partition.ts'
import { afterCommit, inTx } from '../../kernel/database/transaction.ts'
import { lineUp } from '../../events/enqueue-replay.ts'
import { listGathering, lockGathering, moveReplay } from '../../events/replay-store.ts'
import { findStretch, listReplayable } from './replayable-store.ts'

export interface GatheringParts {
  database: Database
  clock: Clock
  log: Logger
}

// A fraction of a second, for which the embedded database keeps everybody waiting.
const SET = 2_000
// The event at the end of a set is never split from others of the same moment; times are whole
// milliseconds, as the program's clock has them.
const MOMENT_MS = 1
const FAILURE = 'Events could not be put in line for a replay; they are again in a second'

/** Puts the events of replays in line, a set at a time, each replay in its turn. */
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
 * Puts the next set of a replay's events in line, and moves the replay on, in one tx: whoever dies
 * meanwhile has done nothing. Returns how many events that were.
 */
export async function gatherSet(tx: Tx, id: string, now: Date, most = SET): Promise<number> {
  // A day that is dropped just now keeps what is in line already.
  await holdPartitions(tx)
  const replay = await lockGathering(tx, id)
  if (!replay) return 0
  const { last, looked } = await findStretch(tx, replay, most)
  const events = last ? await listReplayable(tx, replay, last) : []
  await lineUp(tx, replay, events, { now, isBulk: true })
  const gatheredTo = last && looked >= most ? new Date(last.getTime() + MOMENT_MS) : null
  if (events.length > 0) afterCommit(tx, 'events')
  await moveReplay(tx, id, { events: events.length, gatheredTo })
  return events.length
}
