import type { LaneProgress } from '../../events/record-lanes.ts'
import type { AttemptRow } from './attempt-store.ts'

/** What a worker did with a lane since it last recorded it. */
export interface Turn {
  progress: LaneProgress
  attempts: AttemptRow[]
  /** The receiver said that it wants nothing any more. */
  gone: boolean
}
