import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database } from '../../src/kernel/database/database.ts'
import type { Postgres } from '../support/postgres.ts'
import type { MortalServer } from './import-server.ts'

/** Kills workers and their database, and remembers when. */
export interface Accidents {
  killWorker(server: MortalServer, meanwhile?: () => Promise<void>): Promise<void>
  /** For so many ms it is away. */
  killDatabase(ms: number): Promise<void>
  /** A worker goes on for so many ms without the database, and dies before that is back. */
  killBoth(server: MortalServer, ms: number): Promise<void>
  /**
   * Whether a worker that heard of something at this moment may have been killed before it was
   * recorded, which it cannot be while the database is away.
   */
  canBeForgotten(at: number): boolean
}

interface Span {
  from: number
  to: number
}

// On a busy machine what a worker hears takes a moment to be recorded,…
const RECORDED_MS = 2_000
// …and after the database is back it tries again each second.
const RECONNECTED_MS = 2_000

export function createAccidents(postgres: Postgres, database: Database): Accidents {
  const deaths: Span[] = []
  const absences: Span[] = []

  /** Notes a time from its beginning on, however long it may be. */
  function begin(spans: Span[]): () => void {
    const span = { from: performance.now(), to: Infinity }
    spans.push(span)
    return () => {
      span.to = performance.now()
    }
  }

  async function killWorker(server: MortalServer, meanwhile?: () => Promise<void>): Promise<void> {
    const isDead = begin(deaths)
    await server.kill(async () => {
      isDead()
      await meanwhile?.()
      await endImportLeases(database)
    })
  }

  return {
    killWorker,
    async killDatabase(ms) {
      const isBack = begin(absences)
      await postgres.kill9()
      await pause(ms)
      await postgres.restart()
      isBack()
    },
    async killBoth(server, ms) {
      const isBack = begin(absences)
      await postgres.kill9()
      await pause(ms)
      await killWorker(server, async () => {
        await postgres.restart()
        isBack()
      })
    },
    canBeForgotten(at) {
      let recordedBy = at + RECORDED_MS
      for (const { from, to } of absences) {
        if (from < recordedBy && to > at) recordedBy = to + RECONNECTED_MS + RECORDED_MS
      }
      return deaths.some(({ from, to }) => from < recordedBy && to > at)
    },
  }
}

/** The other worker goes on with an import at once; that waits for nobody here. */
async function endImportLeases({ db }: Database): Promise<void> {
  await sql`update imports set lease_until = now() where token is not null`.execute(db)
}
