import { sql } from 'kysely'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { manualClock } from '../support/clock.ts'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { createCall, must, useNetwork } from '../support/network.ts'
import type { Call, Member } from '../support/network.ts'

const HOUR_MS = 3_600_000
const SECRETS = /sk-[\w-]{32}|whsec_|canary/

describe.each(databases)('the audit log on $name', ({ create }) => {
  const clock = manualClock()
  const network = useNetwork(create, { clock, publishers: 2, merchants: 1 })
  let publisher: Member
  let merchant: Member

  beforeAll(() => {
    publisher = network.publishers[0]!
    merchant = network.merchants[0]!
  })

  // What it holds is what the tests are about.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const list = (call: Call, query = ''): Promise<any[]> =>
    must(call('GET', `/v1/audit-log?page_size=500${query}`))
  const operator = (path: string) => network.operator.call('GET', `/operator/v1/audit-log${path}`)

  test('begins with what the operator set up, in both organizations of a partnership', async () => {
    const entries = (await list(merchant.call)).reverse()
    const { id } = merchant.organization
    expect(entries.slice(0, 5)).toMatchObject([
      { number: 1, action: 'organization.create', object: id, actor: 'operator', before: null },
      { action: 'organization.change', after: { requests_per_minute: 0 } },
      { action: 'key.create', after: { name: 'test' } },
      { action: 'organization.change', before: { customer_segments: false } },
      { action: 'partnership.change', object: publisher.organization.id },
    ])
    expect(entries[0]).toMatchObject({ organization_id: id, address: '127.0.0.0/24' })
    const [theirs] = await list(publisher.call, '&action=partnership')
    expect(theirs).toMatchObject({
      object: id,
      before: { status: 'available' },
      after: { status: 'approved', attribution_days: 30 },
    })
  })

  test('has who did what to a webhook, once for each change, and nothing secret', async () => {
    const { call } = publisher
    const body = {
      url: 'https://hooks.example/path-canary?token=canary',
      event_types: ['segment-change'],
      description: 'canary',
    }
    const { id } = await must(call('POST', '/v1/webhooks', body))
    const path = `/v1/webhooks/${id}`
    await must(call('POST', path, { url: 'https://hooks.example/canary-2', batch_size: 5 }))
    await must(call('POST', path, { batch_size: 5 }))
    for (const action of ['pause', 'pause', 'resume', 'resume', 'rotate-secret']) {
      await must(call('POST', `${path}/${action}`, {}))
    }
    await must(
      call('POST', `${path}/replays`, {
        start_date: new Date(clock.now().getTime() - HOUR_MS).toISOString(),
        end_date: clock.now().toISOString(),
        customer_id: 'canary-customer',
      }),
    )
    await call('DELETE', path)
    const entries = (await list(call, `&object=${id}`)).reverse()
    expect(entries.map(({ action }) => action)).toEqual([
      ...['webhook.create', 'webhook.change', 'webhook.pause', 'webhook.resume'],
      ...['webhook.rotate-secret', 'webhook.replay', 'webhook.delete'],
    ])
    expect(entries[1]).toMatchObject({
      before: { url_origin: 'https://hooks.example', batch_size: 1 },
      after: { url_origin: 'https://hooks.example', batch_size: 5 },
    })
    expect(entries[5]).toMatchObject({ after: { of_one_customer: true } })
    expect(JSON.stringify(entries)).not.toMatch(SECRETS)
  })

  test('tells what one call did, by its request id, and no other', async () => {
    const body = { name: 'Asked for' }
    const response = await fetch(`${network.url}/v1/keys`, {
      ...headersOf(publisher.key, { 'content-type': 'application/json' }),
      method: 'POST',
      body: JSON.stringify(body),
    })
    const request = response.headers.get('x-request-id')!
    await must(publisher.call('POST', '/v1/keys', body))
    expect(await list(publisher.call, `&request_id=${request}`)).toMatchObject([
      { action: 'key.create', request_id: request, after: body },
    ])
    expect(await list(merchant.call, `&request_id=${request}`)).toEqual([])
    expect(await must(operator(`?request_id=${request}`))).toHaveLength(1)
  })

  test('has rate cards, link hosts, imports and erasures, and not what is reported', async () => {
    const rates = [{ percent: '5' }]
    const body = { name: 'Standard', rates, publisher_id: publisher.organization.id }
    const card = await must(merchant.call('POST', '/v1/rate-cards', body))
    clock.advance(1000)
    await must(merchant.call('POST', `/v1/rate-cards/${card.id}`, { name: 'Renamed' }))
    await must(merchant.call('POST', `/v1/rate-cards/${card.id}`, { name: 'Renamed' }))
    await must(merchant.call('POST', `/v1/rate-cards/${card.id}/end`, {}))
    const cards = (await list(merchant.call, '&action=ratecard')).reverse()
    expect(cards).toMatchObject([
      { action: 'ratecard.create', object: card.id, after: { publisher_id: body.publisher_id } },
      { action: 'ratecard.change', before: { name: 'Standard' }, after: { name: 'Renamed' } },
      { action: 'ratecard.end', before: { version: 1, end_date: null }, after: { version: 2 } },
    ])

    await must(merchant.call('POST', '/v1/link-hosts', { host: 'shop.example' }))
    await must(merchant.call('POST', '/v1/link-hosts', { host: 'shop.example' }))
    await network.operator.call('DELETE', '/operator/v1/link-hosts/shop.example')
    expect(await list(merchant.call, '&object=shop.example')).toMatchObject([
      { action: 'link-host.delete', actor: 'operator' },
      { action: 'link-host.register' },
    ])

    const { id } = await must(publisher.call('POST', '/v1/imports'))
    for (const _ of [1, 2]) await must(publisher.call('POST', `/v1/imports/${id}/cancel`, {}))
    await fetch(`${network.url}/v1/imports/${id}/rejects.csv`, headersOf(publisher.key))
    expect(await list(publisher.call, '&action=import')).toMatchObject([
      { action: 'import.export-rejects', object: id },
      { action: 'import.cancel', object: id, after: { state: 'cancelled' } },
      { action: 'import.create', object: id },
    ])

    const customer = { id: 'canary-7', email_sha256: emailHash('canary-7') }
    await must(publisher.call('POST', '/v1/customers', customer))
    for (const _ of [1, 2]) await publisher.call('DELETE', '/v1/customers/canary-7')
    const erased = await list(publisher.call, '&action=customer')
    expect(erased).toMatchObject([{ action: 'customer.erase', object: null, after: null }])
    expect(JSON.stringify(await list(publisher.call))).not.toMatch(SECRETS)
  })

  test('has calls that were refused, once an hour for each key and operation', async () => {
    for (const _ of [1, 2]) {
      expect(await publisher.call('GET', '/v1/rate-cards')).toMatchObject({ status: 401 })
      expect(await publisher.call('GET', '/operator/v1/organizations')).toMatchObject({
        status: 401,
      })
      expect(await createCall(network.url, 'sk-wrong')('GET', '/v1/keys')).toMatchObject({
        status: 401,
      })
    }
    const refused = () => list(publisher.call, '&action=call')
    await vi.waitFor(async () => expect(await refused()).toHaveLength(2))
    expect((await refused()).map(({ outcome, after }) => [outcome, after.operation])).toEqual(
      expect.arrayContaining([
        ['refused', 'listRateCards'],
        ['refused', 'listOrganizations'],
      ]),
    )
    const unknown = () => must(operator('?organization=operator&action=call.refuse'))
    await vi.waitFor(async () => expect(await unknown()).toHaveLength(1))
    expect(await unknown()).toMatchObject([
      { organization_id: null, actor: null, after: { reason: 'unknown key' } },
    ])
    clock.advance(HOUR_MS)
    await publisher.call('GET', '/v1/rate-cards')
    await vi.waitFor(async () => expect(await refused()).toHaveLength(3))
  })

  test('comes in pages, by time, actor, object and action, and nobody sees another’s', async () => {
    const whole = await list(publisher.call)
    const walked: unknown[] = []
    let path = '/v1/audit-log?page_size=2'
    for (;;) {
      const { body } = await publisher.call('GET', path)
      walked.push(...body.objects)
      if (body.meta.next === null) break
      path = body.meta.next.slice(network.url.length)
    }
    expect(walked).toEqual(whole)
    expect(whole.map(({ number }) => number)).toEqual(whole.map((_, index) => whole.length - index))
    const byKey = whole.find(({ actor }) => actor.startsWith('key-'))!
    const chosen = await list(publisher.call, `&actor=${byKey.actor}`)
    expect(chosen).toEqual(whole.filter(({ actor }) => actor === byKey.actor))
    const since = await list(publisher.call, `&start=${byKey.date}`)
    expect(since).toEqual(whole.filter(({ date }) => date >= byKey.date))
    const other = await list(network.publishers[1]!.call)
    expect(other.every(({ organization_id: id }) => id !== publisher.organization.id)).toBe(true)
    const first = await publisher.call('GET', '/v1/audit-log?page_size=1')
    const foreign = first.body.meta.next.slice(network.url.length)
    expect(await merchant.call('GET', foreign)).toMatchObject({ status: 400 })
  })

  test('is one list for the operator', async () => {
    const all = await must(operator('?page_size=500'))
    expect(new Set(all.map((each: { organization_id: string }) => each.organization_id)).size).toBe(
      4,
    )
    const { id } = merchant.organization
    const theirs = await must(operator(`?page_size=500&organization=${id}`))
    expect(theirs).toEqual(await list(merchant.call))
    expect(await operator('?organization=org-0000000000000000')).toMatchObject({ status: 400 })
    const walked: unknown[] = []
    let path: string | null = '/operator/v1/audit-log?page_size=3'
    while (path !== null) {
      const { body } = await network.operator.call('GET', path)
      walked.push(...body.objects)
      path = body.meta.next && body.meta.next.slice(network.url.length)
    }
    expect(walked).toEqual(all)
  })

  test('is exported oldest first, harmless to spreadsheets, and says so', async () => {
    const name = '=1+1'
    await must(merchant.call('PATCH', '/v1/organization', { name }))
    const answer = await fetch(`${network.url}/v1/audit-log.csv`, headersOf(merchant.key))
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    const [header, ...lines] = (await answer.text()).trimEnd().split('\r\n')
    expect(header).toBe(
      'organization_id,number,id,date,actor,action,object,outcome,address,request_id,before,after,hash',
    )
    const numbers = lines.map((line) => Number(line.split(',')[1]))
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
    expect(lines.at(-1)).toContain('audit-log.export')
    expect(lines.join()).toContain('""name"":""=1+1""')
    const theirs = `/operator/v1/audit-log.csv?organization=${merchant.organization.id}`
    const whole = await fetch(network.url + theirs, headersOf(network.operator.key))
    expect((await whole.text()).trimEnd().split('\r\n')).toHaveLength(lines.length + 2)
    expect(await list(merchant.call, '&action=audit-log')).toMatchObject([
      { actor: 'operator' },
      { actor: expect.stringMatching(/^key-/) },
    ])
  })

  test('leaves the database sound', async () => {
    const verification = await must(network.operator.call('POST', '/operator/v1/verify'))
    expect(verification).toMatchObject({ drift: 0 })
    const { rows } = await sql`select 1 from journal_entries`.execute(network.db)
    expect(rows.length).toBeGreaterThan(20)
  })
})

function headersOf(key: string, others: Record<string, string> = {}) {
  return { headers: { authorization: `Basic ${btoa(`${key}:`)}`, ...others } }
}
