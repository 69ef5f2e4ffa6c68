import { pino } from 'pino'
import { expect, test } from 'vitest'
import { openPostgres } from '../../src/kernel/database/database.ts'
import { createNotifier } from '../../src/events/notifier.ts'
import { pglite, postgresql } from '../support/databases.ts'

const log = pino({ level: 'silent' })

test('whoever listens in this process hears at once', async () => {
  const fresh = await pglite.create()
  const notifier = createNotifier({ database: fresh.database, log })
  let heard = 0
  await notifier.listen(() => heard++)
  notifier.notify()
  expect(heard).toBe(1)
  notifier.stop()
  notifier.notify()
  expect(heard).toBe(1)
  await fresh.drop()
})

test('other processes hear of many raises once', async () => {
  const fresh = await postgresql.create()
  const other = await openPostgres(fresh.url ?? '', { poolSize: 2 })
  try {
    const [here, there] = [fresh.database, other].map((database) =>
      createNotifier({ database, log }),
    )
    let heard = 0
    const first = Promise.withResolvers<undefined>()
    await there?.listen(() => {
      heard++
      first.resolve(undefined)
    })
    for (let count = 0; count < 100; count++) here?.notify()
    await first.promise
    expect(heard).toBe(1)
    here?.stop()
    there?.stop()
  } finally {
    await other.close()
    await fresh.drop()
  }
})
