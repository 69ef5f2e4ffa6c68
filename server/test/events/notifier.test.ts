import { pino } from 'pino'
import { expect, test } from 'vitest'
import { openPostgres } from '../../src/kernel/database/database.ts'
import { createSignal } from '../../src/events/notifier.ts'
import { pglite, postgresql } from '../support/databases.ts'

const log = pino({ level: 'silent' })

test('whoever listens in this process hears at once', async () => {
  const fresh = await pglite.create()
  const signal = createSignal({ database: fresh.database, log })
  let heard = 0
  await signal.listen(() => heard++)
  signal.raise()
  expect(heard).toBe(1)
  signal.stop()
  signal.raise()
  expect(heard).toBe(1)
  await fresh.drop()
})

test('other processes hear of many raises once', async () => {
  const fresh = await postgresql.create()
  const other = await openPostgres(fresh.url ?? '', { poolSize: 2 })
  try {
    const [here, there] = [fresh.database, other].map((database) => createSignal({ database, log }))
    let heard = 0
    const first = Promise.withResolvers<undefined>()
    await there?.listen(() => {
      heard++
      first.resolve(undefined)
    })
    for (let count = 0; count < 100; count++) here?.raise()
    await first.promise
    expect(heard).toBe(1)
    here?.stop()
    there?.stop()
  } finally {
    await other.close()
    await fresh.drop()
  }
})
