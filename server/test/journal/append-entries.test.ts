import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { verify } from '../../src/audit/verify.ts'
import { appendEntries, appendEntry } from '../../src/journal/append-entries.ts'
import { JOURNAL_DAYS, dropOldEntries } from '../../src/journal/drop-old-entries.ts'
import { SERVICE } from '../../src/journal/entry.ts'
import type { NewEntry } from '../../src/journal/entry.ts'
import { readEntries } from '../../src/journal/read/read-journal.ts'
import type { Entry } from '../../src/journal/read/entry-list-store.ts'
import { DAY_MS } from '../../src/kernel/durations.ts'
import { newId } from '../../src/kernel/id.ts'
import type { Tx } from '../../src/kernel/database/database.ts'
import { lockLists } from '../../src/kernel/database/list-order.ts'
import { beforeCommit, inTx } from '../../src/kernel/database/transaction.ts'
import { createOrganization } from '../../src/organizations/create-organization.ts'
import type { Organization } from '../../src/organizations/organization.ts'
import { databases, postgresql } from '../support/databases.ts'
import type { FreshDatabase, TestDatabase } from '../support/databases.ts'

const now = new Date('2026-03-01T12:00:00.123Z')
const NONE = {
  start: undefined,
  end: undefined,
  actor: undefined,
  object: undefined,
  request: undefined,
}

/** Two organizations, whose journals begin with their creation, and ways to look at journals. */
function useJournals(create: TestDatabase['create']) {
  const scene = {} as { fresh: FreshDatabase; left: Organization; right: Organization }
  beforeEach(async () => {
    scene.fresh = await create()
    const { db } = scene.fresh.database
    const made = { role: 'merchant' as const, act: SERVICE, now }
    scene.left = await createOrganization(db, { ...made, name: 'Left' })
    scene.right = await createOrganization(db, { ...made, name: 'Right' })
  })
  afterEach(() => scene.fresh.drop())

  return {
    scene,
    entry(changes: Partial<NewEntry> = {}): NewEntry {
      const act = { actor: { kind: 'operator' as const }, address: '192.0.2.0/24' }
      const what = { action: 'key.create' as const, object: 'key-0000000000000001' }
      const { number: organization } = scene.left
      const request = newId('req')
      return { organization, at: now, act: { ...act, request }, ...what, ...changes }
    },
    append: (...entries: NewEntry[]) =>
      inTx(scene.fresh.database.db, (tx) => appendEntries(tx, entries)),
    async read(organization: number): Promise<Entry[]> {
      const { db } = scene.fresh.database
      const filters = { ...NONE, organization, action: undefined }
      const entries: Entry[] = []
      for await (const some of readEntries(db, filters)) entries.push(...some)
      return entries
    },
    async drift(): Promise<string[]> {
      const { checks } = await verify(scene.fresh.database)
      return checks.filter(({ name }) => name.includes('journal')).flatMap((each) => each.samples)
    },
  }
}

describe.each(databases)('a journal on $name', ({ create }) => {
  const { scene, entry, append, read, drift } = useJournals(create)
  const run = (statement: string) => sql.raw(statement).execute(scene.fresh.database.db)

  test('hangs together by hashes that anybody can compute', async () => {
    const before = { name: 'Ünïcode "quoted"\n', limits: [1, 2.5, null] }
    await append(
      entry({ before, after: { name: '' } }),
      entry({ object: null, outcome: 'refused' }),
    )
    const entries = await read(scene.left.number)
    expect(entries.map(({ number, action }) => [number, action])).toEqual([
      [1, 'organization.create'],
      [2, 'key.create'],
      [3, 'key.create'],
    ])
    let previous = '0'.repeat(64)
    for (const each of entries) {
      const lines = [
        ...[previous, scene.left.id, each.number, each.id, each.at.toISOString(), each.actor],
        ...[each.action, each.object, each.outcome, each.address, each.request],
        ...[each.before, each.after],
      ]
      const text = lines.map((line) => line ?? '').join('\n')
      previous = createHash('sha256').update(text).digest('hex')
      expect(Buffer.from(each.hash).toString('hex')).toBe(previous)
    }
    expect(JSON.parse(entries[1]!.before!)).toEqual(before)
    expect(await drift()).toEqual([])
  })

  test('of the operator has what concerns no organization', async () => {
    await append(entry({ organization: null, action: 'call.refuse' }))
    expect(await read(0)).toMatchObject([{ number: 1, actor: 'operator' }])
    expect(await drift()).toEqual([])
  })

  test('has no entry of a change that was rolled back, and no gap', async () => {
    const { db } = scene.fresh.database
    const failed = inTx(db, (tx) => {
      appendEntry(tx, entry())
      throw new Error('the change failed')
    })
    await expect(failed).rejects.toThrow('the change failed')
    await append(entry())
    expect((await read(scene.left.number)).map(({ number }) => number)).toEqual([1, 2])
  })

  test('has one entry of a tx that is run again after a lost answer to COMMIT', async () => {
    const once = entry()
    await append(once)
    await append(once)
    // The same request does the same to something else.
    await append({ ...once, object: 'key-0000000000000002' })
    expect(await read(scene.left.number)).toHaveLength(3)
    expect(await drift()).toEqual([])
  })

  test('never goes back in time', async () => {
    await append(entry({ at: new Date(now.getTime() - 5_000) }))
    const [first, second] = await read(scene.left.number)
    expect(second!.at).toEqual(first!.at)
  })

  test('takes many writers at once, on rows that are there', async () => {
    await append(entry(), entry({ organization: scene.right.number }))
    const organizations = [scene.left.number, scene.right.number]
    const writers = Array.from({ length: 60 }, (_, index) =>
      append(entry({ organization: organizations[index % 2]!, object: `key-${index}` })),
    )
    await Promise.all(writers)
    for (const organization of organizations) {
      const numbers = (await read(organization)).map(({ number }) => number)
      expect(numbers).toEqual(Array.from({ length: 32 }, (_, index) => index + 1))
    }
    expect(await drift()).toEqual([])
  })

  test('is only ever appended to', async () => {
    await append(entry(), entry({ organization: null }))
    for (const statement of [
      'update journal_entries set actor = null',
      'delete from journal_entries',
      'delete from journal_entries where number = 2',
      'truncate journal_entries',
      'update journals set entries = 0',
      'update journals set entries = entries + 1',
      `update journals set hash = sha256('')`,
      'update journals set dropped = 1',
      'delete from journals where organization = 0',
      'truncate journals cascade',
    ]) {
      await expect(run(statement), statement).rejects.toThrow(/journal/)
    }
    expect(await drift()).toEqual([])
  })

  test('tells of what is done behind its back', async () => {
    await append(entry({ after: { name: 'A' } }), entry())
    await run('alter table journal_entries disable trigger all')
    await run('alter table journals disable trigger all')
    await run('alter table journal_entries drop constraint journal_entries_organization_fkey')
    for (const table of ['journals', 'journal_entries']) {
      await run(`create table sound_${table} as select * from ${table}`)
    }
    for (const statement of [
      `update journal_entries set actor = 'service' where number = 2`,
      `update journal_entries set after = '{"name":"B"}' where number = 2`,
      'delete from journal_entries where number = 2',
      'delete from journal_entries where number = 3',
      'delete from journal_entries where number = 1',
      'update journal_entries set number = 9 where number = 2',
      'delete from journals',
    ]) {
      expect(await drift(), `before: ${statement}`).toEqual([])
      await run(statement)
      expect(await drift(), statement).not.toEqual([])
      for (const table of ['journals', 'journal_entries']) {
        await run(`delete from ${table}; insert into ${table} select * from sound_${table}`)
      }
    }
  })

  test('drops what is older than 400 days, and the chain still holds', async () => {
    const { db } = scene.fresh.database
    await append(entry({ at: new Date(now.getTime() + DAY_MS) }))
    await append(entry({ at: new Date(now.getTime() + 2 * DAY_MS) }))
    const drop = (days: number) =>
      dropOldEntries(db, {
        now: new Date(now.getTime() + days * DAY_MS),
        isStopping: () => false,
      })
    await drop(JOURNAL_DAYS)
    expect((await read(scene.left.number)).map(({ number }) => number)).toEqual([1, 2, 3])
    await drop(JOURNAL_DAYS + 1.5)
    expect((await read(scene.left.number)).map(({ number }) => number)).toEqual([3])
    expect(await read(scene.right.number)).toEqual([])
    expect(await drift()).toEqual([])
    await append(entry(), entry({ organization: scene.right.number }))
    await drop(JOURNAL_DAYS + 1.5)
    expect((await read(scene.left.number)).map(({ number }) => number)).toEqual([3, 4])
    expect((await read(scene.right.number)).map(({ number }) => number)).toEqual([])
    expect(await drift()).toEqual([])
    await run('alter table journal_entries disable trigger all')
    await run('delete from journal_entries where number = 3')
    expect(await drift(), 'the anchor tells').not.toEqual([])
  })
})

describe('the journals of two organizations', () => {
  const { scene, entry, append } = useJournals(postgresql.create)

  test('do not wait for each other', async () => {
    const { db } = scene.fresh.database
    const { promise: isOver, resolve: end } = Promise.withResolvers<void>()
    const { promise: isWritten, resolve: written } = Promise.withResolvers<void>()
    const long = inTx(db, (tx) => {
      appendEntry(tx, entry())
      beforeCommit(tx, 'journal', async () => {
        written()
        await isOver
      })
    })
    await isWritten
    await append(entry({ organization: scene.right.number }))
    let isSecond = false
    const second = append(entry()).then(() => (isSecond = true))
    await append(entry({ organization: scene.right.number }))
    expect(isSecond, 'the same journal is written one after another').toBe(false)
    end()
    await Promise.all([long, second])
  })

  /** Runs both at once, each as far as `wait` until the other is there too; answers how often they ran. */
  async function runTogether(
    ...works: ((tx: Tx, wait: () => Promise<void>) => Promise<void>)[]
  ): Promise<number> {
    const both = Promise.withResolvers<void>()
    let arrived = 0
    let runs = 0
    const wait = () => {
      if (++arrived >= works.length) both.resolve()
      return both.promise
    }
    const txs = works.map((work) =>
      inTx(scene.fresh.database.db, (tx) => {
        runs++
        return work(tx, wait)
      }),
    )
    await Promise.all(txs)
    return runs
  }

  test('are written in one order, whatever order a tx appends in', async () => {
    const [left, right] = [scene.left.number, scene.right.number]
    const inOrder = (...organizations: number[]) =>
      async function write(tx: Tx, wait: () => Promise<void>): Promise<void> {
        for (const organization of organizations) {
          appendEntry(tx, entry({ organization }))
          await wait()
        }
      }
    expect(await runTogether(inOrder(left, right), inOrder(right, left)), 'a deadlock').toBe(2)
  })

  test('are locked after the lists that are followed, whichever a tx comes to first', async () => {
    const lists = [{ list: 'verdict-conflicts' as const, organization: scene.left.number }]
    const arrive = { list: Promise.withResolvers<void>(), journal: Promise.withResolvers<void>() }
    let runs = 0
    const lockList = (tx: Tx) =>
      beforeCommit(tx, 'lists', async () => {
        await lockLists(tx, lists)
        arrive.list.resolve()
      })
    const { db } = scene.fresh.database
    const first = inTx(db, (tx) => {
      runs++
      appendEntry(tx, entry())
      beforeCommit(tx, 'journal', () => Promise.resolve(arrive.journal.resolve()))
      lockList(tx)
    })
    const second = inTx(db, (tx) => {
      runs++
      lockList(tx)
      appendEntry(tx, entry())
    })
    await Promise.all([first, second, arrive.list.promise, arrive.journal.promise])
    expect(runs, 'a deadlock').toBe(2)
  })
})
