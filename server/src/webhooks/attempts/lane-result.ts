import type { LaneProgress } from '../../events/record-lanes.ts'
import type { AttemptRow } from './attempt-store.ts'

/** The result of a lane: what a worker did with it since it last recorded it. */
export interface LaneResult {
  progress: LaneProgress
  attempts: AttemptRow[]
  /** The receiver answered 410: it wants no events any more. */
  gone: boolean
}
