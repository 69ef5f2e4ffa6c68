import type { SubscribableType } from './event.ts'

/** How the delivery of an event ended. */
export type ReplayedState = 'acknowledged' | 'refused' | 'expired'

/** Replay: events that are sent to an endpoint once more, with the ids they had and the replay's. */
export interface Replay {
  /** `replay-…` */
  id: string
  endpoint: number
  /** The id of its one event; null for the events of a time. */
  event: string | null
  /** When its events happened: from the start up to but not at the end. */
  start_at: Date
  end_at: Date
  /** Only events whose delivery had ended so when the replay was made; null: all. */
  state: ReplayedState | null
  /** Null: all types that the endpoint subscribes to. */
  event_types: SubscribableType[] | null
  /** Only this subject's events; null: all. */
  subject: string | null
  created_at: Date
}

/** A replay as it is by now. */
export interface ReplayProgress extends Replay {
  /** Events from before then are enqueued; null when all are. */
  gathered_to: Date | null
  /** How many events were enqueued, and how many of them still wait. */
  events: number
  waiting: number
  cancelled_at: Date | null
}

export type ReplayStatus = 'gathering' | 'sending' | 'finished' | 'cancelled'

export function replayStatus(replay: ReplayProgress): ReplayStatus {
  if (replay.cancelled_at) return 'cancelled'
  if (replay.gathered_to) return 'gathering'
  return replay.waiting > 0 ? 'sending' : 'finished'
}
