import { sql } from 'kysely'
import type { Database } from './database.ts'

const ASK_MS = 1_000
// Once the embedded database could not open a file it answers nothing any more, also when it could again.
const BROKEN_MS = 5_000

/**
 * Asks the embedded database every second; calls `broken` once when it has failed for five seconds: then
 * only a new process helps. One that is merely busy answers late, and has not failed.
 */
export function watchEmbedded(
  { kind, db }: Pick<Database, 'kind' | 'db'>,
  broken: (error: unknown) => void,
  elapsedMs: () => number = () => performance.now(),
): { stop(): void } {
  if (kind !== 'pglite') return { stop: () => undefined }
  let failingSince: number | undefined
  let isAsking = false
  async function ask(): Promise<void> {
    if (isAsking) return
    isAsking = true
    try {
      await sql`select 1`.execute(db)
      failingSince = undefined
    } catch (error) {
      failingSince ??= elapsedMs()
      if (elapsedMs() - failingSince >= BROKEN_MS) {
        stop()
        broken(error)
      }
    } finally {
      isAsking = false
    }
  }
  const timer = setInterval(() => void ask(), ASK_MS)
  timer.unref()
  const stop = (): void => clearInterval(timer)
  return { stop }
}
