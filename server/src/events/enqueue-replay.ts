import type { Tx } from '../kernel/database/database.ts'
import { enqueueReplayLanes } from './lane-store.ts'
import type { Replay } from './replay.ts'
import { insertReplayed } from './replay-store.ts'
import type { ReplayedEvent } from './replay-store.ts'

/** Enqueues events for a replay, in lanes of its own: one for each subject. */
export async function enqueueReplay(
  tx: Tx,
  replay: Pick<Replay, 'id' | 'endpoint'>,
  events: ReplayedEvent[],
  due: { now: Date; isBulk: boolean },
): Promise<void> {
  if (events.length === 0) return
  const lanes = await insertReplayed(tx, replay, events)
  await enqueueReplayLanes(tx, replay, lanes, due)
}
