import cluster from 'node:cluster'
import type { Worker } from 'node:cluster'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { MINUTE_MS, SECOND_MS } from '../durations.ts'
import type { Logger } from '../log.ts'
import { isMessage } from './message.ts'
import type { SiblingMessage } from './message.ts'
import { createMetricSum } from './sum-metrics.ts'

/*
 * The primary of several processes that serve on one port. It starts its workers, replaces those that die, and stops
 * them: no database, no domain, and on Linux no connection either.
 */

// A worker that lived for so long did not fail because of how it was started.
const SETTLED_MS = MINUTE_MS
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 30 * SECOND_MS
// Of the 15 s that a stop may take, what the last worker does not need for its own.
const TURNS_MS = 4 * SECOND_MS
// A worker that does not answer for so long is summed up as it was.
const METRICS_MS = 2 * SECOND_MS

export interface SuperviseOptions {
  processes: number
  host: string
  /** 0 for any that is free. */
  port: number
  log: Logger
  /** How long all may take to stop. */
  stopMs: number
  /** Called once calls are answered. */
  serves(port: number): void
}

export interface Supervised {
  /** Resolves with the exit code once all have ended: 0 where they were asked to, and each did well. */
  ended: Promise<number>
  /** Stops the workers in turn, each once the one before has ended or has had its time. */
  stop(): void
  /** Ends all at once. */
  kill(): void
}

export async function supervise(options: SuperviseOptions): Promise<Supervised> {
  const { log, processes, stopMs } = options
  const port = await findPort(options)
  const { promise: ended, resolve: end } = Promise.withResolvers<number>()
  const metrics = answerSums()
  const restarts = createRestarts()
  let hasServed = false
  let isStopping = false
  let code = 0

  function start(): void {
    const worker = cluster.fork({ PORT: String(port) })
    const beganMs = performance.now()
    worker.on('message', (sent: unknown) => {
      if (!isMessage(sent) || sent.kind !== 'serving') return
      metrics.include(worker)
      log.info({ process: worker.id }, 'A process serves.')
      if (hasServed) return
      hasServed = true
      options.serves(port)
      for (let count = 1; count < processes; count++) start()
    })
    worker.once('exit', (exitCode, signal) => {
      metrics.exclude(worker)
      if (hasServed && !isStopping) {
        const restMs = restarts.plan(start, performance.now() - beganMs)
        const how = { process: worker.id, code: exitCode, signal, restMs }
        log.error(how, 'A process ended; another takes its place.')
        return
      }
      if (exitCode !== 0) code = 1
      // The first says itself why it did not start.
      if (listWorkers().length === 0) end(hasServed ? code : 1)
    })
  }

  start()
  return {
    ended,
    stop() {
      if (isStopping) return
      isStopping = true
      restarts.callOff()
      setTimeout(() => {
        log.error(`killed by timeout (${stopMs}ms)`)
        killAll()
      }, stopMs).unref()
      if (listWorkers().length === 0) end(code)
      void stopInTurn()
    },
    kill: killAll,
  }
}

/** Starts of workers in place of others: exponential backoff while they do not live long. */
function createRestarts() {
  const timers = new Set<NodeJS.Timeout>()
  let failures = 0
  return {
    /** In how many milliseconds it will be. */
    plan(start: () => void, livedMs: number): number {
      if (livedMs >= SETTLED_MS) failures = 0
      const restMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++)
      const timer = setTimeout(() => {
        timers.delete(timer)
        start()
      }, restMs)
      timers.add(timer)
      return restMs
    },
    callOff(): void {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

async function stopInTurn(): Promise<void> {
  const workers = listWorkers()
  for (const worker of workers) {
    const gone = once(worker, 'exit')
    tell(worker, { kind: 'stop' })
    await Promise.race([gone, pause(TURNS_MS / workers.length, undefined, { ref: false })])
  }
}

function killAll(): void {
  for (const worker of listWorkers()) worker.process.kill('SIGKILL')
}

function listWorkers(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
}

function tell(worker: Worker, message: SiblingMessage): void {
  // One that is just ending hears nothing any more, and says so by its end.
  if (worker.isConnected()) worker.send(message, () => undefined)
}

/** Answers workers that ask for the metrics of all; those that serve are included. */
function answerSums() {
  const sum = createMetricSum()
  const serving = new Map<number, Worker>()
  const waiting = new Map<number, () => void>()
  let asked = 0

  function ask(worker: Worker): Promise<unknown> {
    const question = ++asked
    const { promise, resolve } = Promise.withResolvers<undefined>()
    waiting.set(question, () => resolve(undefined))
    tell(worker, { kind: 'tell', question })
    const timeout = pause(METRICS_MS, undefined, { ref: false })
    return Promise.race([promise, timeout]).finally(() => waiting.delete(question))
  }

  async function answer(worker: Worker, question: number): Promise<void> {
    await Promise.all([...serving.values()].map(ask))
    tell(worker, { kind: 'counted', question, metrics: await sum.sum() })
  }

  return {
    include(worker: Worker): void {
      serving.set(worker.id, worker)
      worker.on('message', (sent: unknown) => {
        if (!isMessage(sent)) return
        if (sent.kind === 'sum') void answer(worker, sent.question)
        if (sent.kind !== 'counted') return
        if (serving.has(worker.id)) sum.update(worker.id, sent.metrics)
        waiting.get(sent.question)?.()
      })
    },
    exclude(worker: Worker): void {
      serving.delete(worker.id)
      sum.end(worker.id)
    },
  }
}

/**
 * One port for all, also for those that take the place of others. Workers share it with whoever shares it too, so that
 * nobody but the primary sees that it is in use.
 */
async function findPort({ host, port }: SuperviseOptions): Promise<number> {
  const server = createServer().listen(port, host)
  await once(server, 'listening')
  const found = (server.address() as AddressInfo).port
  server.close()
  await once(server, 'close')
  return found
}
