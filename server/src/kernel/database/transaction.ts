import { setTimeout as pause } from 'node:timers/promises'
import type { Db, Tx } from './database.ts'
import { Problem, unavailable } from '../problem.ts'

/**
 * Optimistic locking by version: what was read before the locks were taken had changed by then: start
 * again with fresh reads. A 503 where others were quicker each time.
 */
export class StaleRead extends Problem {
  constructor(what: string) {
    super(503, 'Unavailable', `Too many calls change ${what}; the same call later is safe.`)
    this.name = 'StaleRead'
  }
}

const RETRYABLE_CODES = new Set([
  '40P01', // deadlock
  '40001', // serialization failure
  '57P01', // the server is shutting down
  '57P02', // the server crashed
  '57P03', // the server is starting
  '53300', // too many connections
  '25P03', // the tx sat idle too long: this process was stopped for a while
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  // Name and route of the server change while another one takes over.
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

// Through these a restart of the database (seconds) is survived without an error to the caller.
const MAX_TRIES = 12
// A caller has given up by then; tries are slow where no server answers.
const MAX_RETRY_MS = 10_000
const FIRST_PAUSE_MS = 5
const LONGEST_PAUSE_MS = 1_000

/** What a tx can leave for others to do once it is committed. */
export type CommitMark = 'events'

const marksOf = new WeakMap<Tx, Set<CommitMark>>()
const hooksOf = new WeakMap<Db, Map<CommitMark, (() => void)[]>>()

/** From now on `hook` is called after each commit, in this process, of a tx that was marked so. */
export function onCommit(db: Db, mark: CommitMark, hook: () => void): void {
  const hooks = hooksOf.get(db) ?? new Map<CommitMark, (() => void)[]>()
  hooks.set(mark, [...(hooks.get(mark) ?? []), hook])
  hooksOf.set(db, hooks)
}

/** Marks the tx: its commit calls the hooks of the mark. Rolled back, or tried again, it has no marks. */
export function afterCommit(tx: Tx, mark: CommitMark): void {
  const marks = marksOf.get(tx) ?? new Set<CommitMark>()
  marksOf.set(tx, marks.add(mark))
}

/** In this order the last steps of a tx come: what holds the lists that are followed, then the journal. */
const LAST_STEPS = ['lists', 'journal'] as const
export type LastStep = (typeof LAST_STEPS)[number]

const lastSteps = new WeakMap<Tx, { kind: LastStep; step: () => Promise<void> }[]>()

/**
 * Has `step` done as one of the last that the tx does: for what holds locks that nobody else should wait long
 * for, and that arises in the middle of the work. It must not have to wait for row locks. Two txs that do
 * steps of both kinds take their locks in the same order, whatever order the steps arose in.
 */
export function beforeCommit(tx: Tx, kind: LastStep, step: () => Promise<void>): void {
  lastSteps.set(tx, [...(lastSteps.get(tx) ?? []), { kind, step }])
}

async function doLastSteps(tx: Tx): Promise<void> {
  const steps = lastSteps.get(tx) ?? []
  for (const kind of LAST_STEPS) {
    for (const each of steps) if (each.kind === kind) await each.step()
  }
}

function callHooks(db: Db, marks: Set<CommitMark> | undefined): void {
  for (const mark of marks ?? []) for (const hook of hooksOf.get(db)?.get(mark) ?? []) hook()
}

/**
 * Runs `work` in one tx at READ COMMITTED. What fails for a transient reason (deadlock, a stale read by version,
 * a lost connection) is run again from the start, so `work` must be safe to repeat also after a
 * COMMIT whose answer was lost: every write of this program is keyed by what it reports.
 */
export async function inTx<T>(db: Db, work: (tx: Tx) => Promise<T> | T): Promise<T> {
  let marks: Set<CommitMark> | undefined
  const answer = await retry(() =>
    db.transaction().execute(async (tx) => {
      const done = await work(tx)
      await doLastSteps(tx)
      marks = marksOf.get(tx)
      return done
    }),
  )
  callHooks(db, marks)
  return answer
}

/** As inTx, for reads outside of a tx: exponential backoff with jitter. */
export async function retry<T>(work: () => Promise<T>): Promise<T> {
  const start = performance.now()
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      const isStale = error instanceof StaleRead
      if (!isStale && !isTransient(error)) throw error
      if (tries >= MAX_TRIES || performance.now() - start > MAX_RETRY_MS) {
        if (isStale) throw error
        throw databaseUnavailable()
      }
      const most = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries)
      await pause(most * (0.5 + Math.random() / 2))
    }
  }
}

// The last is Kysely's, of a tx that can't be rolled back: what broke the connection is not told.
const LOST_CONNECTION = new RegExp(
  [
    'connection terminated',
    'timeout exceeded when trying to connect',
    'encountered a connection error',
    'connection has been discarded',
  ].join('|'),
  'i',
)

/** The answer to a caller where the database could not be asked. */
export function databaseUnavailable(): Problem {
  return unavailable('The database is out of reach; the same call later is safe.')
}

/** Whether the error is transient: the same work may succeed when it is done again. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = (error as { code?: unknown }).code
  if (typeof code === 'string') return RETRYABLE_CODES.has(code) || code.startsWith('08')
  if (error instanceof AggregateError) return error.errors.some(isTransient)
  // pg says these in words only.
  return LOST_CONNECTION.test(error.message)
}
