import { setTimeout as pause } from 'node:timers/promises'
import { PgBoss } from 'pg-boss'
import type { Job } from 'pg-boss'
import { batchCalls } from '../src/kernel/database/batch-calls.ts'
import { QUEUE_BATCH, QUEUE_POOL } from './queue.ts'
import type { Queue, QueueJob } from './queue.ts'

const NAME = 'deliveries'
const IDLE_MS = 50

/*
 * What was chosen, and why. `key_strict_fifo` with the customer as the key is the policy of pg-boss that
 * keeps order per key, through retries too. The queue has a partition of its own, which spares its table
 * the indexes of other policies. `work()` polls twice a second at the most often and completes a batch
 * when its last job is done; fetch() and complete() are what it is made of and have no such waits. A
 * fetch looks at the first job of each key that waits, however few it is asked for, so it is asked for
 * many, and again as soon as half of them are done. What was sent is completed in sets.
 */
export const pgBossQueue: Queue = {
  async install(url) {
    const boss = await start(url, { migrate: true })
    await boss.createQueue(NAME, {
      policy: 'key_strict_fifo',
      partition: true,
      retryLimit: 25,
      retryDelay: 5,
      retryBackoff: true,
    })
    await boss.stop({ graceful: false })
  },
  async add(url, sets) {
    const boss = await start(url)
    for (const set of sets) {
      await boss.insert(
        NAME,
        set.map((data) => ({ data, singletonKey: data.key })),
      )
    }
    await boss.stop({ graceful: false })
  },
  async drain(url, deliver, rest) {
    const boss = await start(url)
    const settle = batchCalls<Settled, void>({
      concurrency: 1,
      work: (set) => settleAll(boss, set),
    })
    let held = 0
    const work = async (job: Job<QueueJob>): Promise<void> => {
      held++
      const error = await deliver(job.data).catch((reason: unknown) => String(reason))
      await settle({ job, error })
      held--
    }
    while (!rest.aborted || held > 0) {
      const room = QUEUE_BATCH - held
      const isHungry = room >= QUEUE_BATCH / 2 && !rest.aborted
      const jobs = isHungry ? await boss.fetch<QueueJob>(NAME, { batchSize: room }) : []
      for (const job of jobs) void work(job)
      if (jobs.length === 0) await pause(held > 0 ? 1 : IDLE_MS)
    }
    await boss.stop({ graceful: false })
  },
}

interface Settled {
  job: Job<QueueJob>
  error: string | void
}

async function settleAll(boss: PgBoss, set: Settled[]): Promise<{ answer: void }[]> {
  const done = set.filter(({ error }) => error === undefined).map(({ job }) => job.id)
  if (done.length > 0) await boss.complete(NAME, done)
  for (const { job, error } of set) if (error) await boss.fail(NAME, job.id, { error })
  return set.map(() => ({ answer: undefined }))
}

/** Without its housekeeping, which has nothing to do for as long as this takes. */
async function start(url: string, { migrate = false } = {}): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: url,
    max: QUEUE_POOL,
    migrate,
    supervise: false,
    schedule: false,
  })
  boss.on('error', (error) => process.stderr.write(`pg-boss: ${error.message}\n`))
  await boss.start()
  return boss
}
