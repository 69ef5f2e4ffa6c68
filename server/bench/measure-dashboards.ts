import { setTimeout as pause } from 'node:timers/promises'
import { runOpenLoop } from './load.ts'
import type { Load } from './load.ts'
import { subscribe } from './network.ts'
import type { ProgramOptions } from './program.ts'
import { startReceiver } from './receiver.ts'
import { startStage } from './stage.ts'
import type { Place, Stage } from './stage.ts'
import { admitVisitor } from './visitor.ts'
import type { Visitor } from './visitor.ts'

/** What open dashboards cost the calls of their organization. */
export interface Dashboards {
  open: number
  /** Reports of one customer each, at their own pace. */
  alone: Load
  beside: Load
  /** Calls a second that the dashboards made. */
  polls: number
}

const OPEN = 10
const REPORTS_A_SECOND = 300
const WARM_SECONDS = 3
// As often as the page of a webhook asks how it fares.
const POLL_MS = 15_000

/** Reports of a publisher, alone and while ten of its people look at a webhook, and at the events as they happen. */
export async function measureDashboards(
  place: Place,
  seconds: number,
  options: ProgramOptions,
): Promise<Dashboards> {
  await using things = new AsyncDisposableStack()
  const receiver = things.adopt(await startReceiver({ isBrief: true }), (each) => each.stop())
  const stage = things.adopt(await startStage('../src/main.ts', place, options), (each) =>
    each.stop(),
  )
  const { url, network } = stage
  const webhook = await subscribe(url, network.publisher, `${receiver.url}/hook`)
  const visitors: Visitor[] = []
  for (let index = 0; index < OPEN; index++) {
    visitors.push(await admitVisitor(url, network.publisher, `visitor-${index}@bench.example`))
  }
  await report(stage, WARM_SECONDS)
  const alone = await report(stage, seconds)
  const looking = look(stage, webhook, visitors)
  await report(stage, WARM_SECONDS)
  const [before, beganAt] = [looking.calls(), performance.now()]
  const beside = await report(stage, seconds)
  const polls = (looking.calls() - before) / ((performance.now() - beganAt) / 1_000)
  await looking.stop()
  return { open: OPEN, alone, beside, polls }
}

function report({ url, traffic }: Stage, seconds: number): Promise<Load> {
  const length = REPORTS_A_SECOND * seconds
  const requests = Array.from({ length }, traffic.reportCustomer)
  return runOpenLoop({ url, requests, perSecond: REPORTS_A_SECOND })
}

interface Looking {
  calls(): number
  stop(): Promise<void>
}

/** Opens a dashboard for each, in turns as people come, and keeps them open. */
function look({ url, network }: Stage, webhook: string, visitors: Visitor[]): Looking {
  const isOver = new AbortController()
  const { signal } = isOver
  let calls = 0
  async function ask({ cookie }: Visitor, target: string): Promise<{ meta: { next: string } }> {
    const headers = {
      cookie,
      'newcomer-organization': network.publisher.id,
      'sec-fetch-site': 'same-origin',
    }
    const answer = await fetch(target, { headers, signal })
    if (!answer.ok) throw new Error(`${target} answered ${answer.status}: ${await answer.text()}`)
    calls += 1
    return (await answer.json()) as { meta: { next: string } }
  }
  async function watchHealth(visitor: Visitor, index: number): Promise<void> {
    await pause((index * POLL_MS) / OPEN, undefined, { signal })
    for (;;) {
      const paths = ['stats', 'series?hours=48'].map((path) => `/v1/webhooks/${webhook}/${path}`)
      await Promise.all(paths.map((path) => ask(visitor, url + path)))
      await pause(POLL_MS, undefined, { signal })
    }
  }
  async function watchEvents(visitor: Visitor): Promise<void> {
    for (let next = `${url}/v1/events`; ;) {
      const { meta } = await ask(visitor, next)
      next = `${meta.next}&wait_seconds=25`
    }
  }
  const all = visitors.flatMap((each, index) => [watchHealth(each, index), watchEvents(each)])
  const ended = Promise.all(all).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
  return {
    calls: () => calls,
    async stop() {
      isOver.abort()
      await ended
    },
  }
}
