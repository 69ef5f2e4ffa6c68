import { appendEntry } from '../journal/append-entries.ts'
import { SERVICE } from '../journal/entry.ts'
import type { Act } from '../journal/entry.ts'
import type { Tx } from '../kernel/database/database.ts'
import { deleteLooks } from './look-store.ts'
import type { WhichLooks } from './look-store.ts'

/** Why a look ends before its time. */
export type LookEnd = 'by-hand' | 'begun-anew' | 'switched-off' | 'session-ended' | 'became-member'

/**
 * Ends looks: no other way does, so that the organization's journal tells of each end. One whose time was over before
 * ended then, by itself.
 */
export async function endLooks(
  tx: Tx,
  which: WhichLooks,
  { act, now, why }: { act: Act; now: Date; why: LookEnd },
): Promise<void> {
  for (const { id, organization, ends_at: endsAt } of await deleteLooks(tx, which)) {
    const isOver = endsAt <= now
    appendEntry(tx, {
      ...{ organization, at: now, act: isOver ? SERVICE : act, action: 'look.end', object: id },
      after: { why: isOver ? 'time' : why, ended_date: (isOver ? endsAt : now).toISOString() },
    })
  }
}
