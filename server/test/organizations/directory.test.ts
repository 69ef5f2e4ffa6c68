import { hash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openPostgres } from '../../src/kernel/database.ts'
import type { Database } from '../../src/kernel/database.ts'
import { createLog } from '../../src/kernel/log.ts'
import { inTx } from '../../src/kernel/transaction.ts'
import { revokeApiKey } from '../../src/organizations/api-key-store.ts'
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
      now,
    })
    const { number } = organization
    key = await createApiKey(fresh.database.db, { organization: number, name: 'k', now })
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
      await revokeApiKey(tx, organization.number, key.id, now)
    })
  }

  test('hears that a key was revoked', async () => {
    // Without the poll: only the notification is left.
    vi.useFakeTimers({ toFake: ['setInterval'] })
    await directory.start()
    expect(isKnown()).toBe(true)
    await revoke()
    await vi.waitUntil(() => !isKnown(), { timeout: 5_000, interval: 5 })
  })

  test('finds out within a second when the notification is lost', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] })
    const deaf: Database = { ...theirs, listen: () => Promise.resolve() }
    directory = createDirectory({ database: deaf, log })
    await directory.start()
    await revoke()
    expect(isKnown(), 'nobody told it').toBe(true)
    vi.advanceTimersByTime(1_000)
    await vi.waitUntil(() => !isKnown(), { timeout: 5_000, interval: 5 })
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

  test('a refresh includes what was committed before it was asked for', async () => {
    await directory.start()
    for (let round = 0; round < 20; round++) {
      const underWay = directory.refresh()
      for (let turns = 0; turns < round; turns++) await turn()
      const created = await createOrganization(fresh.database.db, {
        name: `B ${round}`,
        role: 'merchant',
        now,
      })
      await directory.refresh()
      expect(directory.current().byId(created.id)?.name).toBe(`B ${round}`)
      await underWay
    }
  })
})
