import { setTimeout as pause } from 'node:timers/promises'
import type { Report, Reporter } from './reports.ts'

/** Where the server is to be found now; while it is down, whoever asks waits. */
export interface Address {
  get(): Promise<string>
  set(url: string): void
  lose(): void
}

export function createAddress(): Address {
  let up = Promise.withResolvers<string>()
  let isUp = false
  return {
    get: () => up.promise,
    set(url) {
      if (isUp) up = Promise.withResolvers()
      up.resolve(url)
      isUp = true
    },
    lose() {
      if (isUp) up = Promise.withResolvers()
      isUp = false
    },
  }
}

/** What came of one report, once it was acknowledged. */
export interface Acknowledged {
  report: Report
  firstSentAt: number
  acknowledgedAt: number
  // What it holds is what the test is about to find out.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  object: any
}

export interface LoadParts {
  address: Address
  keys: Record<Reporter, string>
  /** Called at each acknowledgement with how many there were. */
  acknowledged?: (count: number) => void
}

export interface Load {
  /** Resolves once every report is acknowledged. */
  done: Promise<Acknowledged[]>
  /** How many calls got no answer, and how many a 503. */
  lost(): number
  refused(): number
}

const CONCURRENCY = 32
// As Retry-After asks of clients, but shorter: the test has less patience.
const BACK_OFF_MS = 100

/**
 * Sends the reports as clients do: side by side, and again until a 2xx comes. Anything but a lost
 * connection or a 503 is a wrong answer and ends the load.
 */
export function startLoad(reports: Report[], parts: LoadParts): Load {
  const queue = [...reports]
  const results: Acknowledged[] = []
  const first = new Map<Report, PromiseWithResolvers<void>>()
  for (const report of reports) first.set(report, first.get(report) ?? Promise.withResolvers())
  const counts = { lost: 0, refused: 0 }

  async function sendUntilAnswered(report: Report): Promise<void> {
    if (report.after) await first.get(report.after)?.promise
    const firstSentAt = performance.now()
    for (;;) {
      const answer = await send(await parts.address.get(), report, parts.keys)
      if (answer === undefined || answer.status === 503) {
        counts[answer === undefined ? 'lost' : 'refused']++
        await pause(BACK_OFF_MS)
        continue
      }
      if (answer.status !== 200) {
        const { method, path, body } = report
        const call = JSON.stringify({ method, path, body })
        throw new Error(`${call} was answered ${answer.status}: ${JSON.stringify(answer.body)}`)
      }
      const acknowledgedAt = performance.now()
      results.push({ report, firstSentAt, acknowledgedAt, object: answer.body.object })
      first.get(report)?.resolve()
      parts.acknowledged?.(results.length)
      return
    }
  }

  async function work(): Promise<void> {
    for (let report = queue.shift(); report; report = queue.shift()) await sendUntilAnswered(report)
  }

  const workers = Array.from({ length: CONCURRENCY }, work)
  return {
    done: Promise.all(workers).then(() => results),
    lost: () => counts.lost,
    refused: () => counts.refused,
  }
}

/** Undefined when the connection broke before the whole answer was there. */
async function send(url: string, report: Report, keys: Record<Reporter, string>) {
  const { method, path, body } = report
  try {
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: `Basic ${btoa(`${keys[report.by]}:`)}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    // What it holds is what the test is about to find out.
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    return { status: response.status, body: (await response.json()) as any }
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

/** Resolves once so many were counted. */
export function createMilestones() {
  const waiting: { count: number; resolve: () => void }[] = []
  let counted = 0
  return {
    count(now: number): void {
      counted = now
      for (const { count, resolve } of waiting) if (counted >= count) resolve()
    },
    at: (count: number): Promise<void> =>
      new Promise((resolve) => {
        if (counted >= count) resolve()
        else waiting.push({ count, resolve })
      }),
  }
}
