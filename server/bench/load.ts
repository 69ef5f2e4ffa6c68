import { setTimeout as pause } from 'node:timers/promises'
import { openConnection } from './connection.ts'
import type { Call, Connection } from './connection.ts'

export interface Load {
  perSecond: number
  p50Ms: number
  p99Ms: number
}

export interface LoadOptions {
  url: string
  connections: number
  /** Before anything is counted. */
  warmMs: number
  measureMs: number
  next(): Call
}

/** So many connections, each with one call at a time: the next when the one before is answered. */
export async function runLoad(options: LoadOptions): Promise<Load> {
  const { url, warmMs, measureMs, next } = options
  const connections = open(url, options.connections)
  const latencies: number[] = []
  const begin = performance.now() + warmMs
  const end = begin + measureMs
  async function work(connection: Connection): Promise<void> {
    for (;;) {
      const sentAt = performance.now()
      if (sentAt >= end) return
      await connection.ask(next())
      const answeredAt = performance.now()
      if (answeredAt >= begin && answeredAt < end) latencies.push(answeredAt - sentAt)
    }
  }
  try {
    await Promise.all(connections.map(work))
  } finally {
    for (const connection of connections) connection.close()
  }
  return { perSecond: latencies.length / (measureMs / 1000), ...quantiles(latencies) }
}

/** Sends all, in their order, over so many connections; answers the bodies of their answers. */
export async function sendAll(
  url: string,
  connections: number,
  requests: Call[],
): Promise<string[]> {
  const opened = open(url, connections)
  const answers: string[] = []
  let next = 0
  async function work(connection: Connection): Promise<void> {
    for (let index = next++; index < requests.length; index = next++) {
      answers[index] = await connection.ask(requests[index] as Call)
    }
  }
  try {
    await Promise.all(opened.map(work))
  } finally {
    for (const connection of opened) connection.close()
  }
  return answers
}

export interface OpenLoop {
  url: string
  requests: Call[]
  perSecond: number
}

/** Its rate is that of the answers: lower than what was asked for where the server fell behind. */
export interface OpenLoad extends Load {
  /** When each request was due, in nanoseconds of the machine's monotonic clock. */
  due: bigint[]
}

// Beyond so many under way the next waits here, on time that counts as its own.
const MAX_IN_FLIGHT = 200

/**
 * Sends each request at its own time, whether those before are answered or not. Times count from
 * when each was due, so that whatever it had to wait for is part of them.
 */
export async function runOpenLoop({ url, requests, perSecond }: OpenLoop): Promise<OpenLoad> {
  const idle = open(url, MAX_IN_FLIGHT)
  const all = [...idle]
  const begin = process.hrtime.bigint()
  const due = requests.map((_, index) => begin + BigInt(Math.round((index * 1e9) / perSecond)))
  const latencies: number[] = []
  const answers: Promise<void>[] = []
  async function send(connection: Connection, index: number): Promise<void> {
    await connection.ask(requests[index] as Call)
    latencies.push(Number(process.hrtime.bigint() - (due[index] ?? 0n)) / 1e6)
    idle.push(connection)
  }
  try {
    while (answers.length < requests.length) {
      const index = answers.length
      const isDue = (due[index] ?? 0n) <= process.hrtime.bigint()
      const connection = isDue ? idle.pop() : undefined
      if (connection) answers.push(send(connection, index))
      else await pause(1)
    }
    await Promise.all(answers)
  } finally {
    for (const connection of all) connection.close()
  }
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9
  return { due, perSecond: requests.length / seconds, ...quantiles(latencies) }
}

function open(url: string, connections: number): Connection[] {
  return Array.from({ length: connections }, () => openConnection(url))
}

export function quantiles(values: number[]): { p50Ms: number; p99Ms: number } {
  const sorted = Float64Array.from(values).sort()
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0
  return { p50Ms: at(0.5), p99Ms: at(0.99) }
}

/** The median of several rounds, by calls a second. */
export function medianOf(loads: readonly Load[]): Load {
  const sorted = loads.toSorted((left, right) => left.perSecond - right.perSecond)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (!middle) throw new Error('nothing was measured')
  return middle
}
