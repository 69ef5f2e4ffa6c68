import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database/database.ts'
import type { Logger } from '../../kernel/log.ts'
import { createLoop } from '../../kernel/loop.ts'
import type { Vault } from '../../kernel/vault.ts'
import type { TargetRule } from '../transport/target-rule.ts'
import type { Directory } from '../../organizations/directory.ts'
import { BULK_CAUSE } from '../../events/event.ts'
import { createSendEvents } from './build-request.ts'
import type { AttemptOutcome } from '../attempts/attempt-store.ts'
import { claimDeliveries } from './claim-deliveries.ts'
import type { Claim, PendingEvent } from './claim-deliveries.ts'
import { createInFlight } from './in-flight.ts'
import type { InFlight } from './in-flight.ts'
import { createClaimScan } from './claim-scan.ts'
import type { RecordedResults } from './record-results.ts'
import { createRecorder } from './recorder.ts'
import type { Recorder } from './recorder.ts'
import { createSender } from '../transport/send.ts'
import type { Sender } from '../transport/send.ts'
import type { Subjects } from '../attempts/subject.ts'
import { createTargetCache } from './target.ts'

/**
 * Dispatcher of the transactional outbox: claims lanes that are due, sends their events and records the
 * results. Delivery is at least once. Any number of dispatchers work on one database side by side.
 */
export interface Dispatcher {
  /** Claims, sends and records until nothing is due; returns how many attempts it made. */
  deliverDue(): Promise<number>
  /** Works until it is stopped: at each wake-up, and once a second. */
  start(): void
  /** Says that events were committed. */
  wake(): void
  /** Lets the requests in flight finish, records them, and releases the lanes that were not begun. */
  stop(): Promise<void>
}

/** What the metrics count of an event. */
export interface SeenEvent {
  isBulk: boolean
  /** How long ago it happened; null for a replay, whose age says nothing of how fast delivery is. */
  ageMs: number | null
}

export interface DispatcherMetrics {
  /** Called for each request: how long the receiver took. */
  answered(durationMs: number): void
  /** Called for each event of a request: how the attempt ended. */
  attempted(outcome: AttemptOutcome, event: SeenEvent): void
  /** Called for each claim: how many lanes it got, and how long it took. */
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

// So a claim takes milliseconds; where more lanes are due, the next claim follows at once.
const CLAIM_LIMIT = 2_000
// Back-pressure: the database is seconds behind then, and more claims would only lose their leases.
const MAX_UNRECORDED = 20_000
const FAILURE = 'Deliveries could not be claimed; they are again in a second'

export function createDispatcher(parts: DispatcherParts): Dispatcher {
  const { database, vault, directory, clock, log, metrics, random = Math.random } = parts
  const sender = parts.sender ?? createSender(parts)
  const recorder = createRecorder({ database, vault, clock, log, recorded })
  const loop = createLoop({ turn: claim, failure: FAILURE, log })
  const scan = createClaimScan(clock)
  let attempts = 0
  let claimedLast = 0
  let isStopping = false

  const sendEvents = createSendEvents({ directory, clock, send: sender.send })
  const shared = { vault, clock, log, random, recorder, sendEvents }
  const inFlight = createInFlight({
    laneParts: {
      ...shared,
      isStopping: () => isStopping,
      answered: (durationMs) => metrics?.answered(durationMs),
      attempted,
    },
    targetOf: createTargetCache(vault),
    log,
    wantsMore: () => loop.wake(),
  })

  function attempted(outcome: AttemptOutcome, event: PendingEvent): void {
    attempts++
    metrics?.attempted(outcome, seenAt(event, clock.now()))
  }

  /** Claims lanes that are due and begins to send their events; returns how many lanes that were. */
  async function claim(): Promise<number> {
    if (isStopping || recorder.waiting() > MAX_UNRECORDED) return 0
    const now = clock.now()
    const request = inFlight.nextClaim()
    const query = { ...scan.begin(request), now, busy: inFlight.busy(), limit: CLAIM_LIMIT }
    const claimed = await claimDeliveries(parts, { ...query, after: claimedLast })
    const durationMs = scan.done()
    metrics?.claimed(claimed.lanes.length, durationMs)
    inFlight.accept(claimed, request, { now, isCut: claimed.lanes.length >= CLAIM_LIMIT })
    claimedLast = lastOf(claimed, claimedLast)
    if (claimedLast > 0) loop.wake()
    return claimed.lanes.length
  }

  function recorded({ lanes, paused }: RecordedResults): void {
    inFlight.pause(paused)
    // Other endpoints now have an `endpoint-paused` to send; or a lane got more events while it was claimed.
    if (paused.length > 0 || lanes.some(({ due_at }) => due_at !== null && due_at <= clock.now()))
      loop.wake()
  }

  return {
    async deliverDue() {
      const before = attempts
      while ((await claim()) > 0) await drain(inFlight, recorder)
      return attempts - before
    },
    start: () => loop.start(),
    wake: () => loop.wake(),
    async stop() {
      isStopping = true
      await loop.stop()
      inFlight.releaseAll()
      await drain(inFlight, recorder)
      await sender.close()
    },
  }
}

function seenAt({ at, cause, replay }: PendingEvent, now: Date): SeenEvent {
  const ageMs = replay === null ? now.getTime() - at.getTime() : null
  return { isBulk: cause === BULK_CAUSE, ageMs }
}

/** Until nothing is in flight and all results are recorded, or the database is out of reach. */
async function drain(inFlight: InFlight, recorder: Recorder): Promise<void> {
  let isWritten: boolean
  do {
    await inFlight.idle()
    isWritten = await recorder.flush()
  } while (isWritten && recorder.waiting() > 0)
}

/** Round robin: the last endpoint that a limited claim reached, beginning behind `after`; 0 when it reached all. */
function lastOf({ lanes }: Claim, after: number): number {
  if (lanes.length < CLAIM_LIMIT) return 0
  const numbers = lanes.map((lane) => lane.endpoint)
  const wrapped = numbers.filter((number) => number <= after)
  return (wrapped.length > 0 ? wrapped : numbers).reduce((most, each) => Math.max(most, each), 0)
}
