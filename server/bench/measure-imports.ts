import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { request } from 'undici'
import { rowAt, writeList } from './import-file.ts'
import { sendAll, runOpenLoop } from './load.ts'
import type { Load } from './load.ts'
import { copyByHand } from './copy-by-hand.ts'
import type { ProgramOptions } from './program.ts'
import { startStage } from './stage.ts'
import type { Place, Stage } from './stage.ts'

export interface ImportExtent {
  rows: number
  /** Of the hand-written way, and of the first rows of the import that it is compared with. */
  copied: number
  rowByRow: number
  /** Of reports beside an import, and without one. */
  besideSeconds: number
}

export interface Imports {
  rows: number
  /** Rows a second: from the first byte to the last row, and of these the time that rows were written. */
  whole: number
  written: number
  /** Over the first and the last tenth of the rows. */
  firstTenth: number
  lastTenth: number
  /** The first rows, as many as were copied by hand. */
  writtenFirst: number
  wholeFirst: number
  /** COPY and set statements by hand; undefined for the embedded database. */
  byHand: number | undefined
  rowByRow: number
  /** The most that the process occupied, in megabytes. */
  rss: number
  alone: Load
  beside: Load
}

const CUSTOMERS_A_SECOND = 500
const POLL_MS = 200
const WARM_SECONDS = 3

/** Where an import was at some moment. */
interface Sample {
  atMs: number
  rows: number
  state: string
  rss: number
}

/** A list of customers: by hand, row by row, and imported. */
export async function measureImports(
  places: { imported: Place; copied: Place },
  extent: ImportExtent,
  options: ProgramOptions,
): Promise<Imports> {
  const byHand =
    'DATABASE_URL' in places.copied ? await copyByHand(places.copied, extent.copied) : undefined
  const stage = await startStage('../src/main.ts', places.imported, options)
  try {
    const rowByRow = await sendRows(stage, extent.rowByRow)
    const samples = await importList(stage, 'customer', extent.rows)
    const { alone, beside } = await measureBeside(stage, extent.besideSeconds)
    return { rows: extent.rows, byHand, rowByRow, alone, beside, ...read(samples, extent) }
  } finally {
    await stage.stop()
  }
}

/** The way without imports: each row is a call, and the next follows when it is answered. */
async function sendRows({ url, network }: Stage, count: number): Promise<number> {
  const calls = Array.from({ length: count }, (_, index) => {
    const { id, email } = rowAt('single', index)
    return network.publisher.write.post('/v1/customers', { id, email_sha256: email })
  })
  await sendAll(url, 1, calls.slice(0, count / 10))
  const began = performance.now()
  await sendAll(url, 1, calls.slice(count / 10))
  return (count * 0.9 * 1_000) / (performance.now() - began)
}

/** Sends a list and watches it until it is finished. */
async function importList(stage: Stage, name: string, rows: number): Promise<Sample[]> {
  const { authorization = '' } = stage.network.publisher.write.get('/').headers
  const began = performance.now()
  const { body } = await request(`${stage.url}/v1/imports?start=now`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'text/csv' },
    body: Readable.from(writeList(name, rows)),
    bodyTimeout: 0,
    headersTimeout: 0,
  })
  const { object } = (await body.json()) as { object: { id: string } }
  const samples: Sample[] = []
  for (;;) {
    const its = await readImport(stage, object.id)
    const sample = { ...its, atMs: performance.now() - began, rss: await readRss(stage.url) }
    samples.push(sample)
    if (its.state === 'finished') return samples
    if (!['checking', 'waiting', 'running'].includes(its.state)) {
      throw new Error(`the import is ${its.state}`)
    }
    await pause(POLL_MS)
  }
}

async function readImport({ url, network }: Stage, id: string) {
  const { path, headers } = network.publisher.write.get(`/v1/imports/${id}`)
  const { body } = await request(url + path, { headers })
  return ((await body.json()) as { object: { state: string; rows: number } }).object
}

async function readRss(url: string): Promise<number> {
  const text = await (await request(`${url}/metrics`)).body.text()
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]) / 2 ** 20
}

function read(samples: Sample[], { rows, copied }: ImportExtent) {
  // From the last moment at which nothing was written.
  const begin = samples.filter((sample) => sample.rows === 0).at(-1)?.atMs ?? 0
  const reached = (share: number): number =>
    samples.find((sample) => sample.rows >= share)?.atMs ?? Number.NaN
  const rate = (count: number, fromMs: number, toMs: number): number =>
    (count * 1_000) / (toMs - fromMs)
  const end = reached(rows)
  return {
    whole: rate(rows, 0, end),
    written: rate(rows, begin, end),
    firstTenth: rate(rows / 10, begin, reached(rows / 10)),
    lastTenth: rate(rows / 10, reached(rows * 0.9), end),
    writtenFirst: rate(copied, begin, reached(copied)),
    // The whole file was looked at before: of that time the share of these rows.
    wholeFirst: rate(copied, begin - (begin * copied) / rows, reached(copied)),
    rss: Math.max(...samples.map(({ rss }) => rss)),
  }
}

/** Reports of customers at their own pace, without an import and beside one. */
async function measureBeside(
  stage: Stage,
  seconds: number,
): Promise<Pick<Imports, 'alone' | 'beside'>> {
  const { url, traffic } = stage
  const report = (forSeconds: number): Promise<Load> => {
    const length = CUSTOMERS_A_SECOND * forSeconds
    const requests = Array.from({ length }, traffic.reportCustomer)
    return runOpenLoop({ url, requests, perSecond: CUSTOMERS_A_SECOND })
  }
  await report(WARM_SECONDS)
  const alone = await report(seconds)
  // More rows than are written in that time.
  const importing = importList(stage, 'beside', seconds * 40_000)
  await pause(POLL_MS)
  const beside = await report(seconds)
  await importing
  return { alone, beside }
}
