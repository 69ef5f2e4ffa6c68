import { sql } from 'kysely'
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { insertRun } from '../../src/audit/verification-store.ts'
import { INVARIANTS } from '../../src/audit/verify.ts'
import { inTx } from '../../src/kernel/database/transaction.ts'
import { newId } from '../../src/kernel/id.ts'
import { manualClock } from '../support/clock.ts'
import { databases } from '../support/databases.ts'
import { must, startFreshNetwork, startNetwork, useNetwork } from '../support/network.ts'

const LEASE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const PATH = '/operator/v1/verifications'
const ACT = { actor: { kind: 'operator' }, address: null, request: null } as const

describe.each(databases)('verifications on $name', ({ create, name }) => {
  const clock = manualClock()
  const network = useNetwork(create, {
    clock,
    publishers: 1,
    merchants: 1,
    config: { verifyHour: 3 },
  })
  const operator = (method: string, path: string, body?: unknown) =>
    network.operator.call(method, path, body)
  const list = () => must(operator('GET', PATH))

  // The start's own chore begins the one of the night, which no test may meet by chance.
  beforeAll(() =>
    vi.waitFor(async () => {
      const [first] = await list()
      expect(first).toMatchObject({ begun_by: 'service', state: 'finished' })
    }, 60_000),
  )
  // Those that begin in the same millisecond have no order that a test could name.
  beforeEach(() => clock.advance(1_000))

  async function ended(id: string) {
    return vi.waitFor(async () => {
      const run = await must(operator('GET', `${PATH}/${id}`))
      expect(run.state).not.toBe('running')
      return run
    }, 20_000)
  }

  /** As another process would run it, that is at its second check. */
  async function runElsewhere(): Promise<string> {
    const now = clock.now()
    const id = newId('verification')
    const run = { id, begunBy: 'operator', names: INVARIANTS, now }
    const leaseUntil = new Date(now.getTime() + LEASE_MS)
    await inTx(network.db, (tx) => insertRun(tx, { ...run, leaseUntil }))
    const [first] = INVARIANTS
    const result = { name: first, checked: 7, drift: 2, samples: ['a', 'b'], took_ms: 3 }
    await sql`update verifications set results = ${JSON.stringify([result])}::jsonb
      where id = ${id}`.execute(network.db)
    return id
  }

  test('one that is begun ends with every invariant checked, and is kept', async () => {
    const begun = await must(operator('POST', PATH, {}))
    expect(begun).toMatchObject({ state: 'running', begun_by: 'operator', ended_date: null })
    expect(begun.id).toMatch(/^verification-[0-9a-f]{16}$/)
    const run = await ended(begun.id)
    expect(run).toMatchObject({ state: 'finished', drift: 0 })
    expect(run.checks.map((check: { name: string }) => check.name)).toEqual(INVARIANTS)
    for (const check of run.checks) {
      expect(check).toMatchObject({ state: 'done', drift: 0, samples: [] })
      expect(check.took_ms).toBeGreaterThanOrEqual(0)
    }
    expect((await list())[0]).toEqual(run)
  })

  test("who began it stands in the operator's journal", async () => {
    const { id } = await must(operator('POST', PATH, {}))
    await ended(id)
    const log = await must(operator('GET', '/operator/v1/audit-log?action=verification.begin'))
    expect(log[0]).toMatchObject({ object: id, actor: 'operator' })
  })

  test('what is wrong is counted, with samples, while it is wrong', async () => {
    const customer = { id: 'kim', email_sha256: 'ab'.repeat(32) }
    await must(network.publishers[0]!.call('POST', '/v1/customers', customer))
    await sql`update customers set identities = '{}'`.execute(network.db)
    const { drift, checks } = await must(operator('POST', '/operator/v1/verify', {}))
    await sql`update customers c set identities =
      array(select i.id from identities i where i.holders @> array[c.id])`.execute(network.db)
    expect(drift).toBe(1)
    expect(checks[0].samples).toEqual([expect.stringMatching(/^[\da-f-]{36}$/)])
    const [last] = await list()
    expect(last).toMatchObject({ state: 'finished', drift: 1 })
    expect(last.checks[0]).toMatchObject({ drift: 1, samples: checks[0].samples })
    expect((await must(operator('POST', '/operator/v1/verify', {}))).drift).toBe(0)
  })

  test('while another process runs one, none is begun, and its progress is told', async () => {
    const id = await runElsewhere()
    for (const path of [PATH, '/operator/v1/verify']) {
      const { status, body } = await operator('POST', path, {})
      expect([status, body.error?.type]).toEqual([409, 'VerificationRunning'])
    }
    const { state, drift, checks } = await must(operator('GET', `${PATH}/${id}`))
    expect({ state, drift }).toEqual({ state: 'running', drift: 2 })
    const states = checks.map((check: { state: string }) => check.state)
    expect(states).toEqual(['done', 'running', ...INVARIANTS.slice(2).map(() => 'waiting')])
    clock.advance(LEASE_MS)
    const dead = await must(operator('GET', `${PATH}/${id}`))
    expect(dead.state).toBe('interrupted')
    expect(new Date(dead.ended_date).getTime()).toBe(
      new Date(dead.started_date).getTime() + LEASE_MS,
    )
    expect(dead.checks[1].state).toBe('left-out')
    const next = await must(operator('POST', PATH, {}))
    expect((await ended(next.id)).state).toBe('finished')
    expect((await must(operator('GET', `${PATH}/${id}`))).state).toBe('interrupted')
  })

  test('of two that are begun at once one runs', async () => {
    const { verifications } = network.server.parts
    const both = await Promise.allSettled([verifications.begin(ACT), verifications.begin(ACT)])
    const begun = both.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    const refused = both.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
    expect(begun).toHaveLength(1)
    expect(refused).toEqual([expect.objectContaining({ type: 'VerificationRunning' })])
    await ended(begun[0]!.id)
  })

  test('the one of the night is begun once, by the service', async () => {
    const { verifications } = network.server.parts
    clock.advance(DAY_MS - (clock.now().getTime() % DAY_MS) + DAY_MS + 3 * HOUR_MS - 1)
    await verifications.keep()
    const [before] = await list()
    if (before.state === 'running') await ended(before.id)
    const count = (await list()).length
    await verifications.keep()
    expect(await list()).toHaveLength(count)
    clock.advance(1)
    await verifications.keep()
    await verifications.keep()
    const runs = await list()
    expect(runs).toHaveLength(count + 1)
    expect(runs[0].begun_by).toBe('service')
    expect((await ended(runs[0].id)).state).toBe('finished')
  })

  test('they are listed in pages, the last one first, and go after 400 days', async () => {
    const [first] = await must(operator('GET', `${PATH}?page_size=1`))
    const { body } = await operator('GET', `${PATH}?page_size=1`)
    const { pathname, search } = new URL(body.meta.next)
    const [second] = await must(operator('GET', pathname + search))
    expect(second.started_date < first.started_date).toBe(true)
    clock.advance(401 * DAY_MS)
    await network.server.parts.verifications.keep()
    const left = await list()
    expect(left.map((run: { begun_by: string }) => run.begun_by)).toEqual(['service'])
    await ended(left[0].id)
  })

  test('one that there is not is a 404', async () => {
    expect((await operator('GET', `${PATH}/verification-0000000000000000`)).status).toBe(404)
    expect((await operator('GET', `${PATH}/x`)).status).toBe(404)
  })

  test('a stop breaks off the one that runs, and whoever waits for it is told', async () => {
    const own = await startFreshNetwork(create, { clock, publishers: 0, merchants: 0 })
    try {
      const { verifications } = own.server.parts
      const { id } = await verifications.begin(ACT)
      await verifications.stop()
      const run = await must(own.operator.call('GET', `${PATH}/${id}`))
      expect(run.state).toBe('interrupted')
      expect(run.checks.at(-1).state).toBe('left-out')
      expect((await own.operator.call('POST', '/operator/v1/verify', {})).status).toBe(503)
    } finally {
      await own.stop()
    }
  })

  test('after a crash the embedded database takes the one that ran for interrupted', async () => {
    const { database, drop } = await create()
    const options = { database, clock, publishers: 0, merchants: 0 }
    const id = newId('verification')
    const now = clock.now()
    const leaseUntil = new Date(now.getTime() + LEASE_MS)
    await (await startNetwork(options)).stop()
    await inTx(database.db, (tx) =>
      insertRun(tx, { id, begunBy: 'operator', names: INVARIANTS, now, leaseUntil }),
    )
    const again = await startNetwork(options)
    const run = await must(again.operator.call('GET', `${PATH}/${id}`))
    // Of PostgreSQL it may be another process that runs it.
    expect(run.state).toBe(name.startsWith('PGlite') ? 'interrupted' : 'running')
    await again.stop()
    await drop()
  })
})
