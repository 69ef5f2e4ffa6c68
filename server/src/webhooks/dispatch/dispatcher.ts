import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database/database.ts'
import type { Logger } from '../../kernel/log.ts'
import { createLoop } from '../../kernel/loop.ts'
import type { Vault } from '../../kernel/vault.ts'
import type { TargetRule } from '../transport/target-rule.ts'
import type { Directory } from '../../organizations/directory.ts'
import { BULK_CAUSE } from '../../events/event.ts'
import { createAttemptEvents } from './build-request.ts'
import type { AttemptOutcome } from '../attempts/attempt-store.ts'
import { claimWork } from './claim-deliveries.ts'
import type { OwedEvent, Work } from './claim-deliveries.ts'
import { createHands } from './in-flight.ts'
import type { Hands } from './in-flight.ts'
import { createLook } from './claim-scan.ts'
import type { Recorded } from './record-results.ts'
import { createRecorder } from './recorder.ts'
import type { Recorder } from './recorder.ts'
import { createSender } from '../transport/send.ts'
import type { Sender } from '../transport/send.ts'
import type { Subjects } from '../attempts/subject.ts'
import { createTargetReader } from './target.ts'

/** Delivers events to endpoints. Any number of them work on one database side by side. */
export interface Dispatcher {
  /** Claims, sends and records until nothing is due; returns how many attempts it made. */
  deliverDue(): Promise<number>
  /** Works until it is stopped: at each wake-up, and once a second. */
  start(): void
  /** Says that events were committed. */
  wake(): void
  /** Lets the requests in flight finish, records them, and hands back what was not begun. */
  stop(): Promise<void>
}

/** What metrics tell of an event. */
export interface SeenEvent {
  isBulk: boolean
  /** How long ago it happened; null of a replay, which says nothing of how fast this is. */
  ageMs: number | null
}

export interface DispatcherMetrics {
  /** How long a receiver took for one request. */
  answered(durationMs: number): void
  /** What came of one event of a request. */
  attempted(outcome: AttemptOutcome, event: SeenEvent): void
  /** How many lanes a claim got, and how long it took. */
  claimed(lanes: number, durationMs: number): void
}

export interface DispatcherParts {
  database: Database
  vault: Vault
  directory: Pick<Directory, 'current' | 'refresh'>
  clock: Clock
  log: Logger
  targetRule: TargetRule
  subjects: Subjects
  random?: () => number
  /** Closed with the dispatcher. */
  sender?: Sender
  metrics?: DispatcherMetrics
}

// One claim stays a matter of milliseconds; with more lanes due the next follows at once.
const CLAIM_LIMIT = 2_000
// The database is behind by seconds then; what is claimed more would only lose its lease.
const MAX_UNRECORDED = 20_000
const FAILURE = 'Deliveries could not be claimed; they are again in a second'

export function createDispatcher(parts: DispatcherParts): Dispatcher {
  const { database, vault, directory, clock, log, metrics, random = Math.random } = parts
  const sender = parts.sender ?? createSender(parts)
  const recorder = createRecorder({ database, vault, clock, log, recorded })
  const loop = createLoop({ turn: claim, failure: FAILURE, log })
  const look = createLook(clock)
  let attempts = 0
  let claimedLast = 0
  let isStopping = false

  const attemptEvents = createAttemptEvents({ directory, clock, send: sender.send })
  const means = { vault, clock, log, random, recorder, attemptEvents }
  const hands = createHands({
    laneParts: {
      ...means,
      isStopping: () => isStopping,
      answered: (durationMs) => metrics?.answered(durationMs),
      attempted,
    },
    readTarget: createTargetReader(vault),
    log,
    wantsMore: () => loop.wake(),
  })

  function attempted(outcome: AttemptOutcome, event: OwedEvent): void {
    attempts++
    metrics?.attempted(outcome, seenAt(event, clock.now()))
  }

  /** Takes what is due and begins to send it; returns how many lanes that were. */
  async function claim(): Promise<number> {
    if (isStopping || recorder.waiting() > MAX_UNRECORDED) return 0
    const now = clock.now()
    const asked = hands.ask()
    const query = { ...look.begin(asked), now, busy: hands.busy(), limit: CLAIM_LIMIT }
    const work = await claimWork(parts, { ...query, after: claimedLast })
    const durationMs = look.done()
    metrics?.claimed(work.lanes.length, durationMs)
    hands.take(work, asked, { now, isCut: work.lanes.length >= CLAIM_LIMIT })
    claimedLast = lastOf(work, claimedLast)
    if (claimedLast > 0) loop.wake()
    return work.lanes.length
  }

  function recorded({ lanes, paused }: Recorded): void {
    hands.pause(paused)
    // The organization's other endpoints are told; or more events came while the lane was in hand.
    if (paused.length > 0 || lanes.some(({ due_at }) => due_at !== null && due_at <= clock.now()))
      loop.wake()
  }

  return {
    async deliverDue() {
      const before = attempts
      while ((await claim()) > 0) await settle(hands, recorder)
      return attempts - before
    },
    start: () => loop.start(),
    wake: () => loop.wake(),
    async stop() {
      isStopping = true
      await loop.stop()
      hands.drop()
      await settle(hands, recorder)
      await sender.close()
    },
  }
}

function seenAt({ at, cause, replay }: OwedEvent, now: Date): SeenEvent {
  const ageMs = replay === null ? now.getTime() - at.getTime() : null
  return { isBulk: cause === BULK_CAUSE, ageMs }
}

/** Until nothing is in hand and all is written, or the database is out of reach. */
async function settle(hands: Hands, recorder: Recorder): Promise<void> {
  let isWritten: boolean
  do {
    await hands.idle()
    isWritten = await recorder.flush()
  } while (isWritten && recorder.waiting() > 0)
}

/** The last endpoint that a claim behind `after` came to; 0 when it came to all. */
function lastOf({ lanes }: Work, after: number): number {
  if (lanes.length < CLAIM_LIMIT) return 0
  const numbers = lanes.map((lane) => lane.endpoint)
  const wrapped = numbers.filter((number) => number <= after)
  return (wrapped.length > 0 ? wrapped : numbers).reduce((most, each) => Math.max(most, each), 0)
}
