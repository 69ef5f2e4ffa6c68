import { Logger, makeWorkerUtils, run } from 'graphile-worker'
import type { Queue, QueueJob } from './queue.ts'
import { QUEUE_BATCH, QUEUE_POOL } from './queue.ts'

const TASK = 'deliver'
// As its own measurements have it: more jobs at once than are sent at once, since each also waits
// until its attempt is written.
const CONCURRENT_JOBS = 256

const logger = new Logger(() => (level, message) => {
  if (level === 'error') process.stderr.write(`graphile-worker: ${message}\n`)
})

/*
 * What was chosen, and why. A queue named by the customer is how graphile-worker keeps order: of one
 * queue one job at a time. (Behind one that failed the next ones don't wait, as they would have to; here
 * none fails.) Jobs are fetched and completed in sets, as its documentation on performance has it, and
 * statements are prepared, as they are by default. A fetch locks each named queue that is free, however
 * few jobs it is asked for, so it is asked for many.
 */
export const graphileQueue: Queue = {
  async install(url) {
    const utils = await makeWorkerUtils({ connectionString: url, logger })
    await utils.migrate()
    await utils.release()
  },
  async add(url, sets) {
    const utils = await makeWorkerUtils({ connectionString: url, logger })
    for (const set of sets) {
      await utils.addJobs(
        set.map((payload) => ({ identifier: TASK, payload, queueName: payload.key })),
      )
    }
    await utils.release()
  },
  async drain(url, deliver, rest) {
    const runner = await run({
      preset: {
        worker: {
          connectionString: url,
          maxPoolSize: QUEUE_POOL,
          concurrentJobs: CONCURRENT_JOBS,
          pollInterval: 50,
          localQueue: { size: QUEUE_BATCH },
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
        },
      },
      logger,
      noHandleSignals: true,
      taskList: { [TASK]: (payload) => deliver(payload as QueueJob) },
    })
    rest.addEventListener('abort', () => void runner.stop(), { once: true })
    await runner.promise
  },
}
