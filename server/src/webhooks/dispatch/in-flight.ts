import type { ClaimQuery, Demand, LaneClaim } from '../../events/claim-lanes.ts'
import type { Logger } from '../../kernel/log.ts'
import type { Claim, ClaimedLane } from './claim-deliveries.ts'
import {
  beginRequest,
  claimedOf,
  configure,
  createEndpointQueue,
  demandOf,
  enqueueLane,
  INITIAL_PREFETCH,
  isIdle,
  mayBegin,
  recordClaim,
  removeWaiting,
  requestMore,
  setPaused,
  watermarkAt,
} from './endpoint-queue.ts'
import type { EndpointQueue } from './endpoint-queue.ts'
import { releaseLane } from './lane-cursor.ts'
import { takeBatch } from './take-batch.ts'
import type { RecordedResults } from './record-results.ts'
import type { TargetOf } from './target.ts'
import { deliverBatch } from './deliver-batch.ts'
import { deliverLane } from './deliver-lane.ts'
import type { DeliverLaneParts } from './deliver-lane.ts'

/** What a claim asks for. */
export type ClaimRequest = Pick<ClaimQuery, 'demands' | 'prefetch' | 'watermark'>

/** In-flight set: the queues of all endpoints of which this worker has claimed lanes. */
export interface InFlight {
  /** What the next claim is to ask for. */
  nextClaim(): ClaimRequest
  /** The endpoints of which lanes are claimed. */
  busy(): number[]
  /** Takes over what was claimed, and begins to send it. */
  accept(claim: Claim, request: ClaimRequest, scan: { now: Date; isCut: boolean }): void
  /** Hands back those lanes of these endpoints that were not begun. */
  pause(paused: RecordedResults['paused']): void
  /** Hands back all lanes that were not begun; used once the worker is stopping. */
  releaseAll(): void
  /** Until no request is in flight. */
  idle(): Promise<void>
}

export interface InFlightParts {
  laneParts: DeliverLaneParts
  targetOf: TargetOf
  log: Logger
  /** An endpoint that may have more lanes due has room for them. */
  wantsMore(): void
}

// An idle queue holds the endpoint's concurrency limit only, which is soon learnt again.
const MAX_IDLE_QUEUES = 10_000

export function createInFlight(parts: InFlightParts): InFlight {
  const queues = new Map<number, EndpointQueue>()
  const runner = createLaneRunner(parts)
  let watermark: Date | null = null

  function queueOf(endpoint: number): EndpointQueue {
    const queue = queues.get(endpoint) ?? createEndpointQueue(endpoint)
    queues.set(endpoint, queue)
    return queue
  }

  function removeIdle(): void {
    for (const queue of queues.values()) if (isIdle(queue)) queues.delete(queue.endpoint)
  }

  function record(
    lanes: LaneClaim[],
    request: ClaimRequest,
    scan: { now: Date; isCut: boolean },
  ): void {
    const byEndpoint = Map.groupBy(lanes, (lane) => lane.endpoint)
    for (const endpoint of byEndpoint.keys()) queueOf(endpoint)
    for (const queue of queues.values()) {
      recordClaim(queue, byEndpoint.get(queue.endpoint) ?? [], demandIn(request, queue), scan)
    }
    if (!scan.isCut) watermark = watermarkAt(scan.now)
  }

  return {
    nextClaim() {
      if (queues.size > MAX_IDLE_QUEUES) removeIdle()
      // The last claim left nothing due behind at idle endpoints, nor at those without a queue: for both,
      // the common watermark holds.
      const busy = [...queues.values()].filter((queue) => !isIdle(queue))
      const demands = new Map(busy.map((queue) => [queue.endpoint, demandOf(queue)]))
      return { demands, prefetch: INITIAL_PREFETCH, watermark }
    },
    busy() {
      const busy = [...queues.values()].filter((queue) => claimedOf(queue) > 0)
      return busy.map(({ endpoint }) => endpoint)
    },
    accept(claim, request, scan) {
      record(claim.lanes, request, scan)
      for (const lane of claim.lanes) enqueueLane(queueOf(lane.endpoint), lane)
      for (const queue of queues.values()) {
        if (claimedOf(queue) === 0) continue
        const row = claim.endpoints.get(queue.endpoint)
        // A deleted endpoint is as good as paused.
        setPaused(queue, row?.paused_at !== null)
        if (row) configure(queue, { target: parts.targetOf(row), batchSize: row.batch_size })
        runner.sendNext(queue)
      }
    },
    pause(paused) {
      for (const { endpoint, reason } of paused) {
        const queue = queueOf(endpoint)
        parts.log.warn({ endpoint: queue.target?.id, reason }, 'A webhook paused itself')
        setPaused(queue, true)
        runner.sendNext(queue)
      }
    },
    releaseAll: () => [...queues.values()].forEach(runner.release),
    idle: runner.idle,
  }
}

function demandIn({ demands, prefetch }: ClaimRequest, queue: EndpointQueue): Demand {
  const unknown = {
    liveWatermark: null,
    resumedWatermark: null,
    bulkWatermark: null,
    resumedAt: null,
  }
  return (
    demands.get(queue.endpoint) ?? {
      live: prefetch,
      resumed: prefetch,
      bulk: prefetch,
      ...unknown,
    }
  )
}

interface LaneRunner {
  /** Begins as many requests to the endpoint as may be in flight at once. */
  sendNext(queue: EndpointQueue): void
  /** Hands back the lanes that wait. */
  release(queue: EndpointQueue): void
  idle(): Promise<void>
}

function createLaneRunner({ laneParts, log, wantsMore }: InFlightParts): LaneRunner {
  const working = new Set<Promise<void>>()

  function sendNext(queue: EndpointQueue): void {
    if (queue.isPaused || laneParts.isStopping()) release(queue)
    while (mayBegin(queue)) begin(queue, takeBatch(queue))
    if (requestMore(queue)) wantsMore()
  }

  function begin(queue: EndpointQueue, batch: ClaimedLane[]): void {
    const end = beginRequest(queue, batch)
    const work = deliver(queue, batch)
      .catch((error: unknown) => log.error({ err: error }, 'Lanes were left to their leases'))
      .finally(() => {
        working.delete(work)
        end()
        sendNext(queue)
      })
    working.add(work)
  }

  async function deliver(queue: EndpointQueue, batch: ClaimedLane[]): Promise<void> {
    const [lane] = batch
    if (queue.batchSize > 1) await deliverBatch(laneParts, batch, queue)
    else if (lane) await deliverLane(laneParts, lane, queue)
  }

  function release(queue: EndpointQueue): void {
    for (const lane of removeWaiting(queue)) releaseLane(laneParts, lane)
  }

  return {
    sendNext,
    release,
    async idle() {
      while (working.size > 0) await Promise.all(working)
    },
  }
}
