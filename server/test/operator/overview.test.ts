import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { manualClock } from '../support/clock.ts'
import { databases } from '../support/databases.ts'
import { must, useNetwork } from '../support/network.ts'

const HOUR_MS = 3_600_000

describe.each(databases)('the overview on $name', ({ create, name }) => {
  const clock = manualClock()
  const network = useNetwork(create, { clock, publishers: 2, merchants: 1 })
  const overview = () => must(network.operator.call('GET', '/operator/v1/overview'))

  test('says what runs, and on what', async () => {
    const said = await overview()
    expect(said).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      mode: 'development',
      sends_mail: false,
      migrations: { applied: expect.any(Number), last: expect.stringMatching(/^\d{4}-[a-z-]+$/) },
      database: { kind: name === 'PGlite' ? 'pglite' : 'postgres' },
    })
    expect(said.database.size_bytes).toBeGreaterThan(1_000_000)
    const { rows } = await sql`select 1 from kysely_migration`.execute(network.db)
    expect(said.migrations.applied).toBe(rows.length)
  })

  test('counts what there is', async () => {
    const before = (await overview()).counts
    expect(before).toMatchObject({ publishers: 2, merchants: 1, people: 0 })
    for (const id of ['kim', 'lee']) {
      await must(network.publishers[0]!.call('POST', '/v1/customers', { id }))
    }
    const after = (await overview()).counts
    expect(after.customers).toEqual({ count: before.customers.count + 2, is_exact: true })
  })

  test('names the webhooks where most waits by where they lead, and not by their paths', async () => {
    const { call, organization } = network.publishers[0]!
    const hook = { url: 'https://hooks.rewards.example/s3cret', event_types: ['segment-change'] }
    const { id } = await must(call('POST', '/v1/webhooks', hook))
    expect((await overview()).backlogs).toEqual([])
    await must(call('POST', `/v1/webhooks/${id}/pause`, {}))
    const email = 'ab'.repeat(32)
    await must(call('POST', '/v1/customers', { id: 'max', email_sha256: email }))
    const order = { order_id: 'o1', customer: { id: 'x', email_sha256: email } }
    await must(
      network.merchants[0]!.call('POST', '/v1/order', {
        ...order,
        currency: 'USD',
        total: 100,
      }),
    )
    clock.advance(HOUR_MS)
    const said = await overview()
    expect(said.backlogs).toEqual([
      {
        webhook: id,
        organization: organization.id,
        origin: 'https://hooks.rewards.example',
        state: 'paused',
        lanes: 1,
        oldest_seconds: 3600,
      },
    ])
    expect(JSON.stringify(said)).not.toContain('s3cret')
    expect(said.counts.webhooks).toEqual({ enabled: 0, paused: 1 })
  })

  test('names the imports that have not ended', async () => {
    const { call, organization } = network.publishers[1]!
    const { id } = await must(call('POST', '/v1/imports'))
    expect((await overview()).imports).toEqual([
      {
        id,
        organization: organization.id,
        state: 'receiving',
        total_rows: 0,
        rows: 0,
        created_date: clock.now().toISOString(),
      },
    ])
    await must(call('POST', `/v1/imports/${id}/cancel`, {}))
    expect((await overview()).imports).toEqual([])
  })

  test('counts calls and those that failed, and says what was verified last', async () => {
    const before = await overview()
    expect(before).toMatchObject({ last_verification: null, calls: { failed: 0 } })
    await must(network.operator.call('POST', '/operator/v1/verify', {}))
    const after = await overview()
    expect(after.calls.answered).toBeGreaterThan(before.calls.answered)
    expect(after.last_verification).toMatchObject({ state: 'finished', drift: 0 })
  })

  test('is for the operator', async () => {
    const { status } = await network.publishers[0]!.call('GET', '/operator/v1/overview')
    expect(status).toBe(401)
  })
})
