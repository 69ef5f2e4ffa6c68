import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createCatalog } from '../../../src/commissions/rates/catalog.ts'
import type { Catalog } from '../../../src/commissions/rates/catalog.ts'
import { changeRateCard, createRateCard } from '../../../src/commissions/rates/change-rate-cards.ts'
import { listVersions } from '../../../src/commissions/rates/rate-card-store.ts'
import type { RateCardVersion } from '../../../src/commissions/rates/rate-card.ts'
import { openPostgres } from '../../../src/kernel/database/database.ts'
import { SERVICE } from '../../../src/journal/entry.ts'
import type { Database } from '../../../src/kernel/database/database.ts'
import { newId } from '../../../src/kernel/id.ts'
import { createLog } from '../../../src/kernel/log.ts'
import { createOrganization } from '../../../src/organizations/create-organization.ts'
import { postgresql } from '../../support/databases.ts'
import type { FreshDatabase } from '../../support/databases.ts'

const now = new Date('2025-03-04T10:00:00.000Z')

let fresh: FreshDatabase
let theirs: Database
let catalog: Catalog
let first: RateCardVersion

beforeEach(async () => {
  fresh = await postgresql.create()
  theirs = await openPostgres(fresh.url!, { poolSize: 3 })
  catalog = createCatalog({ database: theirs, log: createLog('silent') })
  const { db } = fresh.database
  const { number: merchant } = await createOrganization(db, {
    name: 'A',
    role: 'merchant',
    act: SERVICE,
    now,
  })
  const rates = [{ segment: null, category: null, percent: 50_000 }]
  const dates = { start: now, end: null, createdAt: now }
  const card = newId('ratecard')
  first = { card, version: 1, merchant, publisher: null, name: 'Card', rates, ...dates }
})

afterEach(async () => {
  vi.useRealTimers()
  await catalog.stop()
  await theirs.close()
  await fresh.drop()
})

const versions = (): readonly RateCardVersion[] => catalog.current().versionsOf(first.merchant)
const changeName = (name: string): Promise<unknown> =>
  changeRateCard(fresh.database.db, { ...first, act: SERVICE, now }, { name })

test('another process hears of a card', async () => {
  // Without the poll: only the notification is left.
  vi.useFakeTimers({ toFake: ['setInterval'] })
  await catalog.start()
  // Listening begins with a look, which must be over.
  await catalog.refresh()
  expect(versions()).toEqual([])
  await createRateCard(fresh.database.db, first, SERVICE)
  await until(() => versions().length > 0)
  expect(versions()).toEqual([first])
})

test('another process finds out when the notification is lost', async () => {
  vi.useFakeTimers({ toFake: ['setInterval'] })
  const deaf: Database = { ...theirs, listen: () => Promise.resolve() }
  catalog = createCatalog({ database: deaf, log: createLog('silent') })
  await createRateCard(fresh.database.db, first, SERVICE)
  await catalog.start()
  await changeName('Other')
  expect(versions()[0]?.name, 'nobody told it').toBe('Card')
  vi.advanceTimersByTime(1_000)
  await until(() => versions()[0]?.name === 'Other')
})

test('what is known is one object until something changes', async () => {
  await createRateCard(fresh.database.db, first, SERVICE)
  await catalog.start()
  const before = catalog.current()
  await catalog.refresh()
  expect(catalog.current()).toBe(before)
  await changeName('Other')
  await catalog.refresh()
  expect(catalog.current()).not.toBe(before)
})

test('a tx that was rolled back leaves nothing behind', async () => {
  const { db } = fresh.database
  await createRateCard(db, first, SERVICE)
  const dearer = [{ segment: null, category: null, percent: 90_000 }]
  const rolledBack = db.transaction().execute(async (tx) => {
    // Its COMMIT never comes.
    await changeRateCard(nested(tx), { ...first, act: SERVICE, now }, { rates: dearer })
    throw new Error('lost')
  })
  await expect(rolledBack).rejects.toThrow('lost')
  expect(await listVersions(db, [first.merchant])).toEqual([first])
  const cheaper = [{ segment: null, category: null, percent: 10_000 }]
  await changeRateCard(db, { ...first, act: SERVICE, now }, { rates: cheaper })
  const [, second] = await listVersions(db, [first.merchant])
  expect(second?.rates).toEqual(cheaper)
})

/** What opens a tx gets the one that is open. */
function nested(tx: Parameters<typeof listVersions>[0]): Database['db'] {
  const transaction = () => ({ execute: (work: (inner: typeof tx) => unknown) => work(tx) })
  return { transaction } as unknown as Database['db']
}

/** Not Vitest's, which would move the timers that a test has stopped. */
async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('it did not come true within 5 s')
    await turn()
  }
}
