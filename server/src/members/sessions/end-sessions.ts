import { SERVICE } from '../../journal/entry.ts'
import type { Act } from '../../journal/entry.ts'
import type { Tx } from '../../kernel/database/database.ts'
import { endLooks } from '../../organizations/end-looks.ts'
import { deleteEndedSessions, deleteSession, deleteSessions } from './session-store.ts'

/** Who ends it, and when. */
export interface SessionEnd {
  act: Act
  now: Date
}

/** Ends a session of the person's, with what it looks at. False where the person has no such session. */
export async function endSession(
  tx: Tx,
  { person, id }: { person: number; id: string },
  end: SessionEnd,
): Promise<boolean> {
  await endLooks(tx, { person, session: id }, { ...end, why: 'session-ended' })
  return deleteSession(tx, person, id)
}

/** Ends all of the person's sessions, but for one where it is named. */
export async function endSessionsOf(
  tx: Tx,
  { person, except }: { person: number; except?: string },
  end: SessionEnd,
): Promise<void> {
  await endLooks(tx, { person, exceptSession: except }, { ...end, why: 'session-ended' })
  await deleteSessions(tx, person, except)
}

/** Deletes sessions whose time is over, and ends what is or was looked at by then. */
export async function clearSessions(tx: Tx, now: Date): Promise<void> {
  await endLooks(tx, { overAt: now }, { act: SERVICE, now, why: 'session-ended' })
  await deleteEndedSessions(tx, now)
}
