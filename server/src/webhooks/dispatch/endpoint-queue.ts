import type { Demand, LaneClaim } from '../../events/claim-lanes.ts'
import type { ClaimedLane } from './claim-deliveries.ts'
import {
  initialLimit,
  judgeAnswer,
  MAX_LIMIT,
  maxRequests,
  observeAnswer,
} from './concurrency-limit.ts'
import type { ConcurrencyLimit } from './concurrency-limit.ts'
import type { Target } from './target.ts'

/** How far this worker has claimed an endpoint's lanes of one kind. */
export interface ScanState {
  /** The last claim got as many lanes as it asked for: more may be due. */
  readonly mayHaveMore: boolean
  /** Another claim was requested since. */
  readonly isRequested: boolean
  /** Low watermark: no lane that was due before is left to claim. Null: unknown. */
  readonly watermark: Date | null
}

/** Lanes of one priority that this worker has claimed. */
export interface Lanes extends ScanState {
  /** Those that wait for a free request. */
  readonly waiting: readonly ClaimedLane[]
  /** Claimed and not yet done with: those that wait and those that are being sent. */
  readonly claimed: number
  /** Requests with lanes of this priority that are under way. */
  readonly inFlight: number
}

/** Per-endpoint queue: what this worker has claimed of one endpoint. Only the functions of this file change it. */
export interface EndpointQueue {
  readonly endpoint: number
  /** Undefined while the endpoint's settings cannot be decrypted. */
  readonly target: Target | undefined
  readonly isPaused: boolean
  /** At most this many events in one request. */
  readonly batchSize: number
  readonly live: Lanes
  readonly bulk: Lanes
  /** Lanes that failed before the last resume; once claimed they are live or bulk like all others. */
  readonly resumed: ScanState
  readonly concurrency: ConcurrencyLimit
  /** The endpoint's last resume that this worker knows of. */
  readonly resumedAt: Date | null
}

type Mutable<T> = { -readonly [Member in keyof T]: T[Member] }
type MutableLanes = Mutable<Omit<Lanes, 'waiting'>> & { waiting: ClaimedLane[] }
type MutableQueue = Mutable<Omit<EndpointQueue, 'live' | 'bulk' | 'resumed'>> & {
  live: MutableLanes
  bulk: MutableLanes
  resumed: Mutable<ScanState>
}

// Prefetches the lanes that the endpoint gets through in this time, so that a fast one never waits for a claim.
const PREFETCH_MS = 250
// However fast it answers: should it fall silent, what was prefetched is handed back within a lease.
const MAX_PREFETCH = 2_000
// The clocks of workers differ by less, and a tx that began earlier commits within it. The next full scan
// finds what is later.
const MAX_LATENESS_MS = 5_000
/** The prefetch of an endpoint of which nothing is known yet, not even whether it wants batches. */
export const INITIAL_PREFETCH = 64

export function createEndpointQueue(endpoint: number): EndpointQueue {
  return {
    endpoint,
    target: undefined,
    isPaused: false,
    batchSize: 1,
    live: emptyLanes(),
    bulk: emptyLanes(),
    resumed: newScan(),
    concurrency: initialLimit(),
    resumedAt: null,
  }
}

function emptyLanes(): Lanes {
  return { waiting: [], claimed: 0, inFlight: 0, ...newScan() }
}

function newScan(): ScanState {
  return { mayHaveMore: false, isRequested: false, watermark: null }
}

// Everybody else sees the queue as readonly.
function mutable(queue: EndpointQueue): MutableQueue {
  return queue as MutableQueue
}

function lanesOf(queue: EndpointQueue, { is_bulk: isBulk }: ClaimedLane): MutableLanes {
  return mutable(queue)[isBulk ? 'bulk' : 'live']
}

/** Puts a lane that was just claimed behind the others of its priority. */
export function enqueueLane(queue: EndpointQueue, lane: ClaimedLane): void {
  const lanes = lanesOf(queue, lane)
  lanes.waiting.push(lane)
  lanes.claimed++
}

/** Takes the first lane of a priority out of the line; it stays claimed. */
export function dequeueLane(queue: EndpointQueue, priority: 'live' | 'bulk'): void {
  mutable(queue)[priority].waiting.shift()
}

/** Takes all lanes out that wait; they are not this worker's any more. */
export function removeWaiting(queue: EndpointQueue): ClaimedLane[] {
  const { live, bulk } = mutable(queue)
  return [live, bulk].flatMap((lanes) => {
    lanes.claimed -= lanes.waiting.length
    return lanes.waiting.splice(0)
  })
}

/** Counts a request with these lanes as in flight, until the function that it returns is called. */
export function beginRequest(queue: EndpointQueue, batch: readonly ClaimedLane[]): () => void {
  const { live, bulk } = mutable(queue)
  // One live lane is enough: bulk lanes that come along cost it nothing.
  const priority = batch.some((lane) => !lane.is_bulk) ? live : bulk
  priority.inFlight++
  return () => {
    priority.inFlight--
    for (const lane of batch) lanesOf(queue, lane).claimed--
  }
}

/** Takes over the endpoint's settings as they are stored now. */
export function configure(
  queue: EndpointQueue,
  { target, batchSize }: Pick<EndpointQueue, 'target' | 'batchSize'>,
): void {
  Object.assign(mutable(queue), { target, batchSize })
}

export function setPaused(queue: EndpointQueue, isPaused: boolean): void {
  mutable(queue).isPaused = isPaused
}

/** Adapts the concurrency limit to an answer, or to its absence: status null. */
export function learnFrom(
  queue: EndpointQueue,
  { status, durationMs }: { status: number | null; durationMs: number },
): void {
  mutable(queue).concurrency = observeAnswer(queue.concurrency, judgeAnswer(status), durationMs)
}

export function claimedOf({ live, bulk }: EndpointQueue): number {
  return live.claimed + bulk.claimed
}

/** How many lanes of each priority are worth having claimed. */
export function prefetchOf({
  concurrency,
  batchSize,
}: Pick<EndpointQueue, 'concurrency' | 'batchSize'>): number {
  const requests = maxRequests(concurrency)
  const ahead = (requests * PREFETCH_MS) / Math.max(concurrency.averageMs, 1)
  return Math.min(MAX_LIMIT + MAX_PREFETCH, Math.ceil((requests + ahead) * batchSize))
}

export function demandOf(queue: EndpointQueue): Demand {
  const prefetch = prefetchOf(queue)
  const { live, resumed, bulk, resumedAt } = queue
  return {
    live: Math.max(0, prefetch - live.claimed),
    resumed: Math.max(0, prefetch - claimedOf(queue)),
    bulk: Math.max(0, prefetch - bulk.claimed),
    liveWatermark: live.watermark,
    resumedWatermark: resumed.watermark,
    bulkWatermark: bulk.watermark,
    resumedAt,
  }
}

/** Whether the prefetch of a kind that may have more is half used up. Remembers that more was requested. */
export function requestMore(queue: EndpointQueue): boolean {
  const lowMark = prefetchOf(queue) / 2
  const { live, bulk, resumed } = mutable(queue)
  let isTime = false
  for (const [scan, claimed] of [
    [live, live.claimed],
    [bulk, bulk.claimed],
    [resumed, claimedOf(queue)],
  ] as const) {
    if (!scan.mayHaveMore || scan.isRequested || claimed > lowMark) continue
    scan.isRequested = true
    isTime = true
  }
  return isTime
}

/** Nothing is claimed, and the last claim left nothing behind. */
export function isIdle(queue: EndpointQueue): boolean {
  const mayHaveMore = [queue.live, queue.bulk, queue.resumed].some((scan) => scan.mayHaveMore)
  return claimedOf(queue) === 0 && !mayHaveMore
}

/** Whether another request fits under the limit, and something waits for it. */
export function mayBegin({ live, bulk, concurrency }: EndpointQueue): boolean {
  const limit = maxRequests(concurrency)
  if (live.inFlight + bulk.inFlight >= limit) return false
  if (live.waiting.length > 0) return true
  return bulk.waiting.length > 0 && bulk.inFlight < maxBulkRequests(limit)
}

/** How many of the requests may carry bulk lanes alone: a live lane always finds room soon. */
function maxBulkRequests(limit: number): number {
  return Math.max(1, limit - Math.ceil(limit / 4))
}

/** Moves the watermarks to where a claim came to. `now` is the claim's; `isCut`, whether it was cut short. */
export function recordClaim(
  queue: EndpointQueue,
  lanes: LaneClaim[],
  request: Demand,
  { now, isCut }: { now: Date; isCut: boolean },
): void {
  const state = mutable(queue)
  const [first] = lanes
  if (first && first.resumed_at?.getTime() !== state.resumedAt?.getTime()) {
    // The endpoint was paused meanwhile, and no claim looked at it.
    state.resumedAt = first.resumed_at
    for (const scan of [state.live, state.resumed, state.bulk]) scan.watermark = null
  }
  const due = lanes.filter((lane) => lane.due_at !== null)
  const dueOf = (isBulk: boolean) => due.filter((lane) => lane.is_bulk === isBulk)
  const resumed = lanes.filter((lane) => lane.due_at === null)
  // With a backlog, the watermark moves to the last lane found: the next claim need not pass over those
  // that were claimed already, and what arrives late can wait for the next full scan.
  for (const [scan, demanded, found, end] of [
    [state.live, request.live, dueOf(false), watermarkAt(now)],
    [state.bulk, request.bulk, dueOf(true), watermarkAt(now)],
    [state.resumed, request.resumed, resumed, state.resumedAt],
  ] as const) {
    scan.isRequested = false
    if (demanded === 0) continue
    scan.mayHaveMore = isCut || found.length >= demanded
    const last = found.at(-1)
    const watermark = scan.mayHaveMore ? (last?.due_at ?? last?.failed_at) : end
    if (watermark) scan.watermark = watermark
  }
}

/** The watermark after a scan up to this time: a lane that is due later may still turn up. */
export function watermarkAt(time: Date): Date {
  return new Date(time.getTime() - MAX_LATENESS_MS)
}
