import { availableParallelism } from 'node:os'
import type { Load } from './load.ts'
import { CLICKS_A_SECOND } from './measure-clicks.ts'
import type { Clicks } from './measure-clicks.ts'
import { INITIAL_PREFETCH } from '../src/webhooks/dispatch/endpoint-queue.ts'
import { SENDING } from './bare-loop.ts'
import { deliveryLines } from './delivery-lines.ts'
import type { DeliveryResults } from './delivery-lines.ts'
import type { ArrivalTimes } from './measure-deliveries.ts'
import type { Imports } from './measure-imports.ts'
import { importLines } from './import-lines.ts'
import type { Line } from './line.ts'
import type { Lists } from './measure-lists.ts'
import type { Greedy } from './measure-greedy.ts'
import type { MemoryCourse } from './measure-memory.ts'
import type { Dashboards } from './measure-dashboards.ts'
import type { Neighbour } from './measure-neighbour.ts'
import type { Pages } from './measure-pages.ts'
import { coreLines } from './measure-processes.ts'
import type { CoreLoads } from './measure-processes.ts'
import type { Tab } from './measure-tab.ts'
import { pageLines } from './page-lines.ts'
import { tabLines } from './tab-lines.ts'
import type { Route, RouteLoads } from './measure-routes.ts'

/** What one database gave. */
export interface Results {
  routes: RouteLoads
  deliveries: DeliveryResults
  arrival?: ArrivalTimes
  memory?: MemoryCourse
  clicks?: Clicks
  lists?: Lists
  imports?: Imports
  neighbour?: Neighbour
  greedy?: Greedy
  tab?: Tab
  dashboards?: Dashboards
  pages?: Pages
  processes?: CoreLoads[]
}

interface Aim {
  of: Route
  over: Route
  /** Absent where the ratio is for comparison only. */
  least?: number
}

const AIMS: Aim[] = [
  { of: 'customers', over: 'echo', least: 0.4 },
  { of: 'customers', over: 'ungathered', least: 4 },
  { of: 'reads', over: 'echo', least: 0.5 },
  { of: 'orders', over: 'echo', least: 0.25 },
  { of: 'commissions', over: 'echo', least: 0.2 },
  { of: 'commissions', over: 'orders' },
  { of: 'offers', over: 'echo', least: 0.3 },
]
const PACED_AIM_MS = 20
const ARRIVAL_AIM_MS = 100
// A process that leaks keeps growing by a share of what it was given; one that is warm does not.
const MEMORY_AIM = 1.15
// What comes late in a list may not take longer for it.
const LIST_AIM = 1.5
// What another organization may lose by a flood that is not its own.
const NEIGHBOUR_AIM = 3
// Work that grows as the square would be four times as much a byte.
const GREEDY_AIM = 3
// The answer to the last click is a little later than the last click.
const HELD = 0.99

const ROUTES: [Route, string][] = [
  ['bare', 'bare Fastify'],
  ['echo', 'echo'],
  ['customers', 'POST /v1/customers'],
  ['ungathered', 'the same, ungathered'],
  ['reads', 'GET /v1/customers/{id}'],
  ['orders', 'POST /v1/order'],
  ['commissions', 'the same, attributed'],
  ['offers', 'POST /v1/offers, 200'],
  ['paced offers', 'offers at half load'],
]

export function renderResults(all: {
  postgres: Results
  pglite: Results
  seconds: number
}): string {
  return [
    renderTable('PostgreSQL', all.postgres),
    renderTable('PGlite', all.pglite),
    notes(all.seconds),
  ].join('\n')
}

function renderTable(name: string, results: Results): string {
  const lines = [...routeLines(results.routes), ...otherLines(results)]
  const head = cells([name, 'per second', 'p50 ms', 'p99 ms', 'ratio and aim'])
  return `\n${[head, ...lines.map(renderLine)].join('\n')}\n`
}

function routeLines(routes: RouteLoads): Line[] {
  return ROUTES.flatMap(([route, name]) => {
    const load = routes.get(route)
    if (!load) return []
    const { perSecond, p50Ms, p99Ms } = load
    const ratios = AIMS.filter(({ of }) => of === route).flatMap(({ over, least }) => {
      const other = routes.get(over)
      if (!other) return []
      const ratio = perSecond / other.perSecond
      const text = `${ratio.toFixed(2)} × ${over}`
      return [least === undefined ? text : `${text} (≥ ${least}) ${mark(ratio >= least)}`]
    })
    if (route === 'paced offers') ratios.push(sayP99(p99Ms, PACED_AIM_MS))
    return [{ name, rate: perSecond, p50Ms, p99Ms, ratios }]
  })
}

function otherLines(results: Results): Line[] {
  const { deliveries, arrival, memory, clicks, lists, imports, neighbour, greedy } = results
  const { tab, dashboards, pages, processes } = results
  const lines = deliveryLines(deliveries, { mark, count })
  if (arrival) {
    const verdict = sayP99(arrival.p99Ms, ARRIVAL_AIM_MS)
    lines.push({ name: 'order to webhook', ...arrival, ratios: [verdict] })
  }
  if (memory) lines.push({ name: 'memory', ratios: [sayMemory(memory)] })
  if (clicks) lines.push(...clickLines(clicks))
  if (lists) lines.push(...listLines(lists))
  if (imports) lines.push(...importLines(imports, { mark, count }))
  if (neighbour) lines.push(...neighbourLines(neighbour))
  if (greedy) lines.push(...greedyLines(greedy))
  if (tab) lines.push(...tabLines(tab, { mark, count }))
  if (dashboards) lines.push(...dashboardLines(dashboards))
  if (pages) lines.push(...pageLines(pages, { mark, count }))
  if (processes) lines.push(...coreLines(processes))
  return lines
}

function sayP99(p99Ms: number, mostMs: number): string {
  return `p99 ≤ ${mostMs} ms ${mark(p99Ms <= mostMs)}`
}

function clickLines({ redirects, answered, recorded, alone, beside }: Clicks): Line[] {
  const isHeld = redirects.perSecond >= HELD * CLICKS_A_SECOND
  const all = `${count(recorded)} of ${count(answered)} recorded ${mark(recorded === answered)}`
  const ratio = `p99 ${(beside.p99Ms / alone.p99Ms).toFixed(1)} × alone`
  return [
    loadLine('clicks', redirects, [`held ${count(CLICKS_A_SECOND)} a second ${mark(isHeld)}`, all]),
    loadLine('customers beside them', beside, [ratio]),
    loadLine('customers alone', alone, []),
  ]
}

function loadLine(name: string, { perSecond, ...times }: Load, ratios: string[]): Line {
  return { name, rate: perSecond, ...times, ratios }
}

function listLines({ transactions, first, middle, last }: Lists): Line[] {
  const over = ({ p50Ms }: { p50Ms: number }): number => p50Ms / first.p50Ms
  const ratio = over(last)
  const verdict = `${ratio.toFixed(2)} × first (≤ ${LIST_AIM}) ${mark(ratio <= LIST_AIM)}`
  const length = `of ${count(transactions)} transactions`
  return [
    { name: 'list, first 20 pages', ...first, ratios: [length] },
    { name: 'list, 20 in the middle', ...middle, ratios: [`${over(middle).toFixed(2)} × first`] },
    { name: 'list, last 20 pages', ...last, ratios: [verdict] },
  ]
}

function neighbourLines({ alone, beside, flood }: Neighbour): Line[] {
  const ratio = beside.p99Ms / alone.p99Ms
  const verdict = `p99 ${ratio.toFixed(1)} × alone (≤ ${NEIGHBOUR_AIM}) ${mark(ratio <= NEIGHBOUR_AIM)}`
  return [
    loadLine('sign-ups alone', alone, []),
    loadLine('beside a flood', beside, [verdict]),
    { name: 'the flood, customers', rate: flood, ratios: [] },
  ]
}

function greedyLines({ longer, wider, dearest }: Greedy): Line[] {
  const say = ({ value, file }: Greedy['longer']): string[] => {
    const verdict = `(≤ ${GREEDY_AIM}) ${mark(value <= GREEDY_AIM)}`
    return [`${value.toFixed(1)} × the work a byte ${verdict}: ${file}`]
  }
  return [
    { name: 'hostile files, 4 × the rows', ratios: say(longer) },
    { name: 'hostile files, 4 × as wide', ratios: say(wider) },
    {
      name: 'the dearest of them',
      ratios: [`${dearest.value.toFixed(0)} ms a megabyte: ${dearest.file}`],
    },
  ]
}

function dashboardLines({ alone, beside, polls, open }: Dashboards): Line[] {
  const ratio = beside.p50Ms / alone.p50Ms
  return [
    loadLine('reports alone', alone, []),
    loadLine(`beside ${open} dashboards`, beside, [`p50 ${ratio.toFixed(2)} × alone`]),
    { name: 'what those asked', rate: polls, ratios: [] },
  ]
}

function sayMemory({ before, after, customers }: MemoryCourse): string {
  const megabytes = (from: number, to: number): string =>
    `${Math.round(from)} → ${Math.round(to)} MB`
  const ratio = after.rss / before.rss
  return (
    `RSS ${megabytes(before.rss, after.rss)}, heap ${megabytes(before.heap, after.heap)} ` +
    `over ${count(customers)} customers (≤ ${MEMORY_AIM} ×) ${mark(ratio <= MEMORY_AIM)}`
  )
}

function renderLine({ name, rate, p50Ms, p99Ms, ratios }: Line): string {
  const ms = (value: number | undefined): string => value?.toFixed(1) ?? ''
  const perSecond = rate === undefined ? '' : count(Math.round(rate))
  return cells([name, perSecond, ms(p50Ms), ms(p99Ms), ratios.join(', ')])
}

function cells([name = '', rate = '', p50 = '', p99 = '', ratios = '']: string[]): string {
  const left = `${name.padEnd(24)}${rate.padStart(11)}${p50.padStart(9)}${p99.padStart(9)}`
  return `  ${left}  ${ratios}`.trimEnd()
}

function mark(isMet: boolean): string {
  return isMet ? '✓' : '✗'
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}

function notes(seconds: number): string {
  const cores = availableParallelism()
  return `
One run of ${Math.round(seconds)} s. The ${cores} cores of this machine are shared by the server, PostgreSQL, the
load generator and the receiver. Calls come from undici over 64 connections, one at a time on each;
routes take turns, and each has its median round. The echo is a route of the program's own shell
(keys, limits, metrics, strict JSON) with a body and an answer like those of POST /v1/customers and
nothing behind it; bare Fastify is the same without the shell. Ungathered, each call is a tx of its
own on a pool of 10. Orders go out at 200 a second whatever is answered; their webhooks' time counts
from when each was due. Attributed orders have the same mix, each of one of 4,000 clicks of customers
that the publisher reported, under a rate card. Offers are those of 200 merchants with a card each, for
users of whom 60 in 100 bought somewhere; half load is half of what the line above came to. Clicks go
out as orders do, beside 500 reports a second, and are counted in the database after the server has
stopped. A list is read to its end through the API, from the latest, 50 a page where it is timed; its
ratio is that of the medians. A list of customers with an e-mail address each is imported by a publisher:
what is written counts from the first row on, and all of it from the first byte that is sent. By
hand is COPY into a staging table and one statement for each final table, of rows that were sealed
before, in one tx; it is compared with as many first rows. Row by row is a call each, one after another.
Reports beside an import come at 500 a second. The bare loop sends the same requests, signed already,
to the same receiver, ${SENDING} at once. Dispatchers made of pg-boss and graphile-worker have the same events
in their own tables, keep the order of each customer, sign, send ${SENDING} at once and record each attempt; where
customers have five events each, those of a customer come one after another. Where more than 1,000 lanes
wait, with an event each and a tenth of them failing, the rate is that of the first deliveries. A claim is of
${INITIAL_PREFETCH} lanes, and as many that a resume made due. From event to webhook counts from when an event is handed
over to be written, in a process other than the server. A silent webhook has very many lanes waiting and
never answers in time; it is resumed each second, since it would pause itself. Lanes come and go beside an
open tx by the server's own statements, with nothing sent. Sign-ups come at 50 a second; the flood is another
publisher's batches of 1,000 customers on 30 connections, without a limit on its calls. The tab is Chromium's, its
page's thread slowed down four times, its workers not; the list has plain addresses, and while it is sent the
connection is lost once and the page reloaded once. A long task is one of the page's thread beyond 50 ms, from
the choice of the file on. Open dashboards each ask what the page of a webhook asks, as often as it does, and wait
for events. A page takes as long as the calls that it begins with, side by side.
What several processes serve is limited by the cores that PostgreSQL and the load generator leave them.
`
}
