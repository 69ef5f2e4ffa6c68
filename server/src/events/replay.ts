import type { SubscribableType } from './event.ts'

/** How the attempts to deliver an event came to an end. */
export type ReplayedState = 'acknowledged' | 'refused' | 'expired'

/** Events that are sent to an endpoint once more: the same ones, marked. */
export interface Replay {
  /** `replay-…` */
  id: string
  endpoint: number
  /** The id of the one event that it is of; null for one of a time. */
  event: string | null
  /** When its events happened; the end is not in it. */
  start_at: Date
  end_at: Date
  /** Only those whose attempts had come to this end when the replay was made; null: whatever became of them. */
  state: ReplayedState | null
  /** Null: those that the endpoint subscribes to. */
  event_types: SubscribableType[] | null
  /** Only this one's. */
  subject: string | null
  created_at: Date
}

/** A replay as it is by now. */
export interface ReplayProgress extends Replay {
  /** Events from before then are in line; null when all are. */
  gathered_to: Date | null
  /** How many came into line, and how many of them are still there. */
  events: number
  waiting: number
  cancelled_at: Date | null
}

export type ReplayStatus = 'gathering' | 'sending' | 'finished' | 'cancelled'

export function statusOf(replay: ReplayProgress): ReplayStatus {
  if (replay.cancelled_at) return 'cancelled'
  if (replay.gathered_to) return 'gathering'
  return replay.waiting > 0 ? 'sending' : 'finished'
}
