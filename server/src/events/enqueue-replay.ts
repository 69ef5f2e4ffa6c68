import type { Tx } from '../kernel/database/database.ts'
import { raiseReplayLanes } from './lane-store.ts'
import type { Replay } from './replay.ts'
import { insertReplayed } from './replay-store.ts'
import type { ReplayedEvent } from './replay-store.ts'

/** Puts events in line for a replay: in its lanes, of which it has one a subject. */
export async function lineUp(
  tx: Tx,
  replay: Pick<Replay, 'id' | 'endpoint'>,
  events: ReplayedEvent[],
  due: { now: Date; isBulk: boolean },
): Promise<void> {
  if (events.length === 0) return
  const lanes = await insertReplayed(tx, replay, events)
  await raiseReplayLanes(tx, replay, lanes, due)
}
