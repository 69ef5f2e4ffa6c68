import { beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { createCall, must, useNetwork } from '../support/network.ts'
import type { Member } from '../support/network.ts'

describe.each(databases)('on $name', ({ create }) => {
  const network = useNetwork(create, { publishers: 1, merchants: 1 })
  let publisher: Member
  let merchant: Member

  beforeAll(() => {
    publisher = network.publishers[0]!
    merchant = network.merchants[0]!
  })

  const operator = (method: string, path: string, body?: unknown) =>
    network.operator.call(method, `/operator/v1${path}`, body)
  const known = (id: string) => network.server.parts.directory.current().byId(id)!

  test('a merchant has both segments from its creation on, shown or not', async () => {
    const body = { name: 'Quiet', role: 'merchant' }
    const created = await must(operator('POST', '/organizations', body))
    expect(created).toMatchObject({ ...body, customer_segments: false, finalization_days: 30 })
    const { number } = known(created.id)
    const snapshot = network.server.parts.directory.current()
    for (const name of ['new', 'active'] as const) {
      expect(snapshot.segment(number, name)?.id).toMatch(/^segment-[0-9a-f]{16}$/)
    }
  })

  test('switching segments on begins a period; switching on what is on does not', async () => {
    const path = `/organizations/${merchant.organization.id}`
    const change = (value: boolean) => must(operator('PATCH', path, { customer_segments: value }))
    const before = known(merchant.organization.id)
    expect(await change(true)).toMatchObject({ customer_segments: true })
    expect(known(merchant.organization.id)).toEqual(before)
    await change(false)
    expect(known(merchant.organization.id)).toMatchObject({
      segmentsOnAt: null,
      period: before.period,
    })
    await change(true)
    expect(known(merchant.organization.id)).toMatchObject({ period: before.period + 1 })
  })

  test('becoming approved begins a period of the partnership; the same again does not', async () => {
    const path = `/partnerships/${publisher.organization.id}/${merchant.organization.id}`
    const left = known(publisher.organization.id).number
    const right = known(merchant.organization.id).number
    const statuses = ['approved', 'approved', 'pending', 'available', 'approved']
    const periods: (number | undefined)[] = []
    for (const status of statuses) {
      expect(await must(operator('PUT', path, { status }))).toMatchObject({ status })
      periods.push(network.server.parts.directory.current().partnership(left, right)?.period)
    }
    expect(periods).toEqual([1, 1, 1, 1, 2])
  })

  test('publishers see all merchants with what they are to them', async () => {
    const profile = {
      categories: ['shoes'],
      homepage: 'https://shop.example/',
      description: 'Ünïcode',
    }
    await must(operator('PATCH', `/organizations/${merchant.organization.id}`, profile))
    const [first, ...others] = await must(publisher.call('GET', '/v1/merchants'))
    expect(first).toEqual({
      id: merchant.organization.id,
      name: merchant.organization.name,
      categories: ['shoes'],
      metadata: { description: 'Ünïcode', icon_url: '' },
      urls: { homepage: 'https://shop.example/', terms_and_conditions: '' },
      available_platforms: [],
      supported_products: [],
      status: 'approved',
      status_date: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      attribution_days: expect.any(Number),
      customer_segments: true,
      rates: [],
    })
    expect(others.map((each: { status: string }) => each.status)).toEqual(['available'])
    const approved = await must(publisher.call('GET', '/v1/merchants?status=approved&currency=usd'))
    expect(approved).toHaveLength(1)
    for (const query of ['status=best', 'currency=usdx', 'statuss=approved']) {
      expect(await publisher.call('GET', `/v1/merchants?${query}`)).toMatchObject({ status: 400 })
    }
  })

  test('merchants come in pages to who asks for pages', async () => {
    const walk = async (query: string): Promise<string[][]> => {
      const pages: string[][] = []
      let path = `/v1/merchants?${query}`
      for (;;) {
        const { status, body } = await publisher.call('GET', path)
        expect(status).toBe(200)
        pages.push(body.objects.map(({ id }: { id: string }) => id))
        if (body.meta.next === null) return pages
        const next = new URL(body.meta.next)
        path = next.pathname + next.search
      }
    }
    const [whole = []] = await walk('')
    expect(whole.length).toBeGreaterThan(1)
    expect(await walk('page_size=1')).toEqual(whole.map((id) => [id]))
    expect(await walk('page_size=1&status=approved')).toEqual([[merchant.organization.id]])
  })

  test('a key is shown once; revoked it is refused at once, and the other still works', async () => {
    const path = `/organizations/${publisher.organization.id}/keys`
    const created = await must(operator('POST', path, { name: 'second' }))
    const call = createCall(network.url, created.key)
    expect(await call('GET', '/v1/merchants')).toMatchObject({ status: 200 })
    const listed = await must(operator('GET', path))
    expect(listed.map((each: { name: string }) => each.name)).toEqual(['test', 'second'])
    expect(JSON.stringify(listed)).not.toContain('sk-')

    for (let times = 0; times < 2; times++) {
      const { status, body } = await operator('DELETE', `${path}/${created.id}`)
      expect([status, body.object]).toEqual([200, null])
    }
    expect(await call('GET', '/v1/merchants')).toMatchObject({
      status: 401,
      body: { error: { message: 'Invalid api_key' } },
    })
    expect(await publisher.call('GET', '/v1/merchants')).toMatchObject({ status: 200 })
    expect(await must(operator('GET', path))).toHaveLength(1)
  })

  test("another organization's key can't be revoked through one's own path", async () => {
    const [theirs] = await must(operator('GET', `/organizations/${publisher.organization.id}/keys`))
    const path = `/organizations/${merchant.organization.id}/keys/${theirs.id}`
    expect(await operator('DELETE', path)).toMatchObject({
      status: 404,
      body: { error: { message: `Could not find ${theirs.id}`, type: 'NotFound' } },
    })
  })

  test('lists go in pages, forward and back', async () => {
    const all = await must(operator('GET', '/organizations'))
    const ids = all.map((each: { id: string }) => each.id)
    const walked: string[] = []
    let path: string | null = '/operator/v1/organizations?page_size=2'
    let last
    while (path) {
      last = (await network.operator.call('GET', path)).body
      walked.push(...last.objects.map((each: { id: string }) => each.id))
      const next: string | null = last.meta.next
      if (next)
        expect(next).toContain(`${network.url}/operator/v1/organizations?page_size=2&cursor=`)
      path = next && next.slice(network.url.length)
    }
    expect(walked).toEqual(ids)
    expect(last.meta.prev).toBe(last.meta.previous)
    const back = await network.operator.call('GET', last.meta.previous.slice(network.url.length))
    expect(back.body.objects.map((each: { id: string }) => each.id)).toEqual(ids.slice(0, 2))
    expect(back.body.meta.previous).toBeNull()
    expect(await operator('GET', '/organizations?cursor=nonsense')).toMatchObject({
      status: 400,
      body: { error: { details: { field: 'cursor' } } },
    })
    for (const size of ['0', '501', 'x', '1.5']) {
      expect(await operator('GET', `/organizations?page_size=${size}`)).toMatchObject({
        status: 400,
        body: { error: { details: { field: 'page_size' } } },
      })
    }
  })

  test.each([
    ['POST', '/organizations', { name: '', role: 'merchant' }, 'name'],
    ['POST', '/organizations', { name: 'A\nB', role: 'merchant' }, 'name'],
    ['POST', '/organizations', { name: 'A', role: 'admin' }, 'role'],
    ['POST', '/organizations', { name: 'A' }, 'role'],
    ['PATCH', '/organizations/MERCHANT', { homepage: 'javascript:alert(1)' }, 'homepage'],
    ['PATCH', '/organizations/MERCHANT', { categories: ['a', 5] }, 'categories[1]'],
    ['PATCH', '/organizations/MERCHANT', { requests_per_minute: '5' }, 'requests_per_minute'],
    ['PATCH', '/organizations/MERCHANT', { finalization_days: 3651 }, 'finalization_days'],
    ['PATCH', '/organizations/PUBLISHER', { customer_segments: true }, 'customer_segments'],
    ['PUT', '/partnerships/PUBLISHER/MERCHANT', { status: 'best' }, 'status'],
    ['PUT', '/partnerships/MERCHANT/PUBLISHER', { status: 'approved' }, 'publisher'],
    ['GET', '/partnerships?publisher=MERCHANT', undefined, 'publisher'],
    ['GET', '/partnerships?publisher=org-0000000000000000', undefined, 'publisher'],
    ['GET', '/partnerships?status=best', undefined, 'status'],
    ['POST', '/verify', { fast: true }, 'fast'],
  ])('%s %s %j is refused', async (method, path, body, field) => {
    const target = path
      .replace('MERCHANT', merchant.organization.id)
      .replace('PUBLISHER', publisher.organization.id)
    expect(await operator(method, target, body)).toMatchObject({
      status: 400,
      body: { error: { type: 'InvalidField', details: { field } } },
    })
  })

  test('what is not there is a 404', async () => {
    const absent = 'org-0000000000000000'
    for (const [method, path, body] of [
      ['GET', `/organizations/${absent}`, undefined],
      ['PATCH', `/organizations/${absent}`, {}],
      ['POST', `/organizations/${absent}/keys`, { name: 'a' }],
      ['PUT', `/partnerships/${absent}/${merchant.organization.id}`, { status: 'approved' }],
    ] as const) {
      expect(await operator(method, path, body)).toMatchObject({ status: 404 })
    }
  })

  test('partnerships are listed by their sides and statuses, in pages', async () => {
    const create = (name: string, role: string) =>
      must(operator('POST', '/organizations', { name, role }))
    const { id: left } = await create('Left', 'publisher')
    const shops: string[] = []
    for (const [name, status] of [
      ['A', 'approved'],
      ['B', 'pending'],
      ['C', 'available'],
    ] as const) {
      const { id } = await create(name, 'merchant')
      const body = { status, attribution_days: 7 }
      await must(operator('PUT', `/partnerships/${left}/${id}`, body))
      shops.push(id)
    }
    const list = async (query: string): Promise<string[]> => {
      const found = await must(operator('GET', `/partnerships?${query}`))
      return found.map((each: { merchant: string }) => each.merchant)
    }
    expect(await list(`publisher=${left}`)).toEqual(shops)
    expect(await list(`publisher=${left}&status=pending`)).toEqual([shops[1]])
    expect(await list(`merchant=${shops[2]}`)).toEqual([shops[2]])
    expect(await list(`merchant=${shops[2]}&publisher=${publisher.organization.id}`)).toEqual([])
    expect(await list('')).toEqual([merchant.organization.id, ...shops])
    const [pending] = await must(operator('GET', '/partnerships?status=pending'))
    const modified_date = expect.stringMatching(/Z$/)
    expect(pending).toEqual({
      ...{ publisher: left, merchant: shops[1], status: 'pending' },
      ...{ attribution_days: 7, modified_date },
    })
    const first = await operator('GET', `/partnerships?publisher=${left}&page_size=2`)
    expect(first.body.objects).toHaveLength(2)
    const next = new URL(first.body.meta.next)
    const second = await network.operator.call('GET', next.pathname + next.search)
    expect(second.body.objects).toMatchObject([{ merchant: shops[2] }])
    expect(second.body.meta.next).toBeNull()
  })

  test('a sound database has no drift', async () => {
    const verification = await must(operator('POST', '/verify'))
    expect(verification.drift).toBe(0)
    expect(verification.checks.length).toBeGreaterThan(0)
  })
})
