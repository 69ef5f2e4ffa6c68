import { hash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openPostgres } from '../../src/kernel/database/database.ts'
import { SERVICE } from '../../src/journal/entry.ts'
import type { Database } from '../../src/kernel/database/database.ts'
import { createLog } from '../../src/kernel/log.ts'
import { inTx } from '../../src/kernel/database/transaction.ts'
import { markRevoked } from '../../src/organizations/api-key-store.ts'
import { createApiKey } from '../../src/organizations/create-api-key.ts'
import { createOrganization } from '../../src/organizations/create-organization.ts'
import { createDirectory } from '../../src/organizations/directory.ts'
import type { Directory } from '../../src/organizations/directory.ts'
import type { Organization } from '../../src/organizations/organization.ts'
import { bumpVersion } from '../../src/organizations/snapshot-store.ts'
import { postgresql } from '../support/databases.ts'
import type { FreshDatabase } from '../support/databases.ts'

const log = createLog('silent')
const now = new Date('2025-03-04T10:00:00.000Z')

describe('another process on the same PostgreSQL', () => {
  let fresh: FreshDatabase
  let theirs: Database
  let directory: Directory
  let organization: Organization
  let key: { id: string; key: string }

  beforeEach(async () => {
    fresh = await postgresql.create()
    theirs = await openPostgres(fresh.url!, { poolSize: 3 })
    organization = await createOrganization(fresh.database.db, {
      name: 'A',
      role: 'publisher',
      act: SERVICE,
      now,
    })
    const { number } = organization
    key = await createApiKey(
      fresh.database.db,
      { organization: number, act: SERVICE, now },
      { name: 'k' },
    )
    directory = createDirectory({ database: theirs, log })
  })

  afterEach(async () => {
    vi.useRealTimers()
    await directory.stop()
    await theirs.close()
    await fresh.drop()
  })

  const isKnown = (): boolean =>
    directory.current().callerOf(hash('sha256', key.key, 'hex')) !== undefined

  async function revoke({ silently = false } = {}): Promise<void> {
    await inTx(fresh.database.db, async (tx) => {
      if (!silently) await bumpVersion(tx)
      await markRevoked(tx, organization.number, key.id, now)
    })
  }

  test('hears that a key was revoked', async () => {
    // Without the poll: only the notification is left.
    vi.useFakeTimers({ toFake: ['setInterval'] })
    await directory.start()
    // Listening begins with a look, which could hide that nothing is heard.
    await directory.refresh()
    expect(isKnown()).toBe(true)
    await revoke()
    await until(() => !isKnown())
  })

  test('finds out within a second when the notification is lost', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] })
    const deaf: Database = { ...theirs, listen: () => Promise.resolve() }
    directory = createDirectory({ database: deaf, log })
    await directory.start()
    await revoke()
    expect(isKnown(), 'nobody told it').toBe(true)
    vi.advanceTimersByTime(1_000)
    await until(() => !isKnown())
  })

  test('reads nothing but a number while nothing changes', async () => {
    await directory.start()
    const before = directory.current()
    await directory.refresh()
    expect(directory.current()).toBe(before)
    await revoke({ silently: true })
    await directory.refresh()
    expect(directory.current(), 'no version, no news').toBe(before)
  })

  test('answers 503 after five seconds in which it could not be confirmed', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] })
    let elapsed = 0
    directory = createDirectory({ database: theirs, log, elapsedMs: () => elapsed })
    await directory.start()
    // Listening begins with a look, which must be over.
    await directory.refresh()
    elapsed = 5_000
    expect(isKnown()).toBe(true)
    elapsed = 5_001
    expect(directory.isConfirmed()).toBe(false)
    expect(() => directory.current()).toThrow(expect.objectContaining({ status: 503 }))
    expect(directory.lastKnown().organizations()).toHaveLength(1)
    await directory.refresh()
    expect(isKnown(), 'nothing had changed').toBe(true)
  })

  test('a refresh includes what was committed before it was asked for', async () => {
    let entered = (): void => undefined
    let gate = Promise.resolve()
    const held = theirs.db.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        entered()
        await gate
        return result
      },
    })
    directory = createDirectory({ database: { ...theirs, watch: held }, log })
    await directory.refresh()

    let release = (): void => undefined
    gate = new Promise((resolve) => (release = resolve))
    const reading = new Promise<void>((resolve) => (entered = resolve))
    const early = directory.refresh()
    await reading
    const { db } = fresh.database
    const created = await createOrganization(db, { name: 'B', role: 'merchant', act: SERVICE, now })
    const late = [directory.refresh(), directory.refresh()]
    release()
    await Promise.all([early, ...late])
    expect(directory.current().byId(created.id)?.name).toBe('B')
  })
})

/** Not Vitest's, which would move the timers that a test has stopped. */
async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('it did not come true within 5 s')
    await turn()
  }
}
