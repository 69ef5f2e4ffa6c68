import { hash } from 'node:crypto'
import { sql } from 'kysely'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { writeKeyUses } from '../../src/organizations/write-key-uses.ts'
import { manualClock } from '../support/clock.ts'
import { databases } from '../support/databases.ts'
import { createCall, must, useNetwork } from '../support/network.ts'
import type { Call, Member } from '../support/network.ts'

const HOUR_MS = 3_600_000
const MERCHANTS = '/v1/merchants'

describe.each(databases)('the keys of an organization on $name', ({ create }) => {
  const clock = manualClock()
  const network = useNetwork(create, { clock, publishers: 2, merchants: 1 })
  let publisher: Member

  beforeAll(() => {
    publisher = network.publishers[0]!
  })

  const after = (hours: number) => new Date(clock.now().getTime() + hours * HOUR_MS).toISOString()
  const make = (body: object, call = publisher.call) => call('POST', '/v1/keys', body)
  const callOf = (key: { key: string }): Call => createCall(network.url, key.key)
  const statusOf = async (key: { key: string }) => (await callOf(key)('GET', MERCHANTS)).status
  const find = async (id: string) =>
    (await must(publisher.call('GET', '/v1/keys'))).find((key: { id: string }) => key.id === id)

  test('are created by a key, shown once, and known by their last four', async () => {
    // Keys are listed by their time.
    clock.advance(HOUR_MS)
    const created = await must(make({ name: 'app' }))
    expect(created).toMatchObject({ name: 'app', expires_date: null, replaced_by: null })
    expect(created.last_four).toBe(created.key.slice(-4))
    const listed = await must(publisher.call('GET', '/v1/keys'))
    expect(listed).toMatchObject([
      { name: 'test', created_by: 'operator' },
      { id: created.id, created_by: listed[0].id, last_used_date: null },
    ])
    expect(JSON.stringify(listed)).not.toContain('sk-')
    const { rows } = await sql<{ row: string }>`select k::text as row from api_keys k`.execute(
      network.db,
    )
    const stored = rows.map(({ row }) => row).join()
    expect(stored).not.toContain(created.key)
    expect(stored).toContain(hash('sha256', created.key, 'hex'))
    expect(await statusOf(created)).toBe(200)
  })

  test('tell when they were last used, written by a chore and not by calls', async () => {
    const created = await must(make({ name: 'used' }))
    clock.advance(HOUR_MS)
    await callOf(created)('GET', MERCHANTS)
    const at = clock.now().toISOString()
    expect(await find(created.id)).toMatchObject({ last_used_date: at })
    const stored = async () => {
      const { rows } = await sql<{ at: Date | null }>`
        select last_used_at as at from api_keys where id = ${created.id}`.execute(network.db)
      return rows[0]?.at?.toISOString() ?? null
    }
    expect(await stored()).toBeNull()
    const { keyUses } = network.server.parts
    await writeKeyUses(network.db, keyUses)
    expect(await stored()).toBe(at)
    expect(await find(created.id)).toMatchObject({ last_used_date: at })
    keyUses.count(created.id)
    expect([...keyUses.take().keys()]).toContain(created.id)
  })

  test('work on through the overlap of a rotation, and then no more', async () => {
    const old = await must(make({ name: 'rolled' }))
    const path = `/v1/keys/${old.id}/rotate`
    const fresh = await must(callOf(old)('POST', path, { overlap_hours: 2 }))
    expect(fresh).toMatchObject({ name: 'rolled', expires_date: null })
    expect(fresh.key).not.toBe(old.key)
    expect(await find(old.id)).toMatchObject({ expires_date: after(2), replaced_by: fresh.id })
    expect(await publisher.call('POST', path, {})).toMatchObject({ status: 409 })
    expect([await statusOf(old), await statusOf(fresh)]).toEqual([200, 200])
    clock.advance(2 * HOUR_MS)
    expect([await statusOf(old), await statusOf(fresh)]).toEqual([401, 200])
    expect(await find(old.id)).toBeUndefined()
    expect(await publisher.call('POST', path, {})).toMatchObject({ status: 404 })
    const query = `/v1/audit-log?action=call.refuse&actor=${old.id}`
    await vi.waitFor(async () =>
      expect(await must(publisher.call('GET', query))).toMatchObject([
        { after: { reason: 'expired', operation: 'listMerchants' } },
      ]),
    )
  })

  test('end at once where a rotation has no overlap', async () => {
    const old = await must(make({ name: 'leaked' }))
    const path = `/v1/keys/${old.id}/rotate`
    const fresh = await must(publisher.call('POST', path, { overlap_hours: 0 }))
    expect([await statusOf(old), await statusOf(fresh)]).toEqual([401, 200])
    const [entry] = await must(publisher.call('GET', `/v1/audit-log?object=${old.id}`))
    expect(entry).toMatchObject({
      action: 'key.rotate',
      after: { replaced_by: { id: fresh.id, last_four: fresh.last_four } },
    })
    expect(JSON.stringify(entry)).not.toContain('sk-')
  })

  test('that expire make none that would outlast them', async () => {
    const short = await must(make({ name: 'short', expires_date: after(24) }))
    const call = callOf(short)
    for (const body of [{ name: 'x' }, { name: 'x', expires_date: after(25) }]) {
      expect(await make(body, call)).toMatchObject({ status: 403 })
    }
    const child = await must(make({ name: 'x', expires_date: after(24) }, call))
    const path = `/v1/keys/${child.id}/rotate`
    expect(await call('POST', path, { expires_date: null })).toMatchObject({ status: 403 })
    expect(await must(call('POST', path, {}))).toMatchObject({ expires_date: after(24) })
    const lasting = await must(make({ name: 'lasting' }))
    expect(await call('POST', `/v1/keys/${lasting.id}/rotate`, {})).toMatchObject({ status: 403 })
    clock.advance(24 * HOUR_MS)
    expect(await statusOf(short)).toBe(401)
  })

  test.each([
    ['POST', '', { name: '' }, 'name'],
    ['POST', '', { name: 'a', expires_date: '2020-01-01' }, 'expires_date'],
    ['POST', '', { name: 'a', expires_date: 'soon' }, 'expires_date'],
    ['POST', '/key-0000000000000000/rotate', { overlap_hours: 169 }, 'overlap_hours'],
    ['POST', '/key-0000000000000000/rotate', { overlap_hours: -1 }, 'overlap_hours'],
  ])('%s %s %j is refused', async (method, path, body, field) => {
    expect(await publisher.call(method, `/v1/keys${path}`, body)).toMatchObject({
      status: 400,
      body: { error: { details: { field } } },
    })
  })

  test('of another organization are absent', async () => {
    const theirs = await must(make({ name: 'theirs' }, network.publishers[1]!.call))
    for (const id of [theirs.id, 'key-0000000000000000', 'nonsense']) {
      expect(await publisher.call('POST', `/v1/keys/${id}/rotate`, {})).toMatchObject({
        status: 404,
      })
      expect(await publisher.call('DELETE', `/v1/keys/${id}`)).toMatchObject({ status: 404 })
    }
    expect(await statusOf(theirs)).toBe(200)
  })

  test('can all be revoked, the last one by itself, and the operator makes another', async () => {
    const { call, organization } = network.publishers[1]!
    const keys = await must(call('GET', '/v1/keys'))
    for (const { id } of keys.toReversed()) {
      expect(await call('DELETE', `/v1/keys/${id}`)).toMatchObject({ status: 200 })
    }
    expect(await call('GET', MERCHANTS)).toMatchObject({ status: 401 })
    const path = `/operator/v1/organizations/${organization.id}/keys`
    const made = await must(network.operator.call('POST', path, { name: 'again' }))
    expect(await statusOf(made)).toBe(200)
    const journal = await must(callOf(made)('GET', '/v1/audit-log?action=key.revoke'))
    expect(journal).toHaveLength(keys.length)
  })

  test('read and change what is their organization’s own', async () => {
    const merchant = network.merchants[0]!
    const own = await must(merchant.call('GET', '/v1/organization'))
    expect(own).toMatchObject({ id: merchant.organization.id, verdict_policy: 'network' })
    const body = { name: 'Tea Shop', homepage: 'https://tea.example/' }
    const changed = await must(merchant.call('PATCH', '/v1/organization', body))
    expect(changed).toEqual({ ...own, ...body })
    expect(await must(merchant.call('GET', '/v1/organization'))).toEqual(changed)
    const setting = { verdict_policy: 'merchant' }
    expect(await merchant.call('PATCH', '/v1/organization', setting)).toMatchObject({ status: 400 })
    const profile = { homepage: 'https://a.example/' }
    expect(await publisher.call('PATCH', '/v1/organization', profile)).toMatchObject({
      status: 400,
    })
  })
})
