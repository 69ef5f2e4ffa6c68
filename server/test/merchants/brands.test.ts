import { beforeAll, describe, expect, test } from 'vitest'
import { partnershipPath, register } from '../links/shoppers.ts'
import { databases } from '../support/databases.ts'
import { must, useNetwork } from '../support/network.ts'
import type { Member } from '../support/network.ts'

describe.each(databases)('merchants and brands on $name', ({ create }) => {
  const network = useNetwork(create, { publishers: 1, merchants: 3 })
  let publisher: Member
  let merchants: Member[]

  beforeAll(async () => {
    publisher = network.publishers[0]!
    ;({ merchants } = network)
    await register(merchants[0]!, 'www.shop.example')
    await register(merchants[0]!, 'a.shop.example')
    const path = `/operator/v1/organizations/${merchants[1]!.organization.id}`
    const profile = {
      homepage: 'https://home.example/',
      terms_and_conditions: 'https://home.example/terms',
    }
    await must(network.operator.call('PATCH', path, profile))
    const pending = partnershipPath(publisher, merchants[2]!)
    await must(network.operator.call('PUT', pending, { status: 'pending' }))
  })

  const get = (path: string) => publisher.call('GET', path)

  test('what a merchant did not say is an empty text, and its first host is its home', async () => {
    const listed = await must(get('/v1/merchants'))
    expect(listed.map(({ metadata, urls }: Record<string, unknown>) => [metadata, urls])).toEqual([
      [
        { description: '', icon_url: '' },
        { homepage: 'https://www.shop.example/', terms_and_conditions: '' },
      ],
      [
        { description: '', icon_url: '' },
        { homepage: 'https://home.example/', terms_and_conditions: 'https://home.example/terms' },
      ],
      [
        { description: '', icon_url: '' },
        { homepage: '', terms_and_conditions: '' },
      ],
    ])
  })

  test('brands are the merchants that approved the publisher', async () => {
    const { body } = await get('/v1/brands')
    expect(body.meta).toEqual({ status: 'ok', next: null, previous: null, prev: null })
    expect(body.objects).toHaveLength(2)
    expect(body.objects[0]).toEqual({
      id: merchants[0]!.organization.id,
      name: 'merchant 1',
      description: '',
      icon_url: '',
      urls: { homepage: 'https://www.shop.example/' },
      categories: [],
      apps: [],
      supported_hostnames: ['www.shop.example', 'a.shop.example'],
      subdomain: null,
      is_live_ready: true,
      terms_and_conditions: {
        reporting_window_days: 0,
        finalization_window_minutes: 43_200,
        coupons_allowed: true,
        gift_cards_allowed: true,
        exclusion_details: '',
        other_terms: '',
      },
    })
    expect(body.objects[1]).toMatchObject({
      supported_hostnames: [],
      is_live_ready: false,
      terms_and_conditions: { other_terms: 'https://home.example/terms' },
    })
  })

  test('they come page by page', async () => {
    const first = await get('/v1/brands?page_size=1')
    const { pathname, search } = new URL(first.body.meta.next)
    const second = await get(pathname + search)
    const ids = [first, second].flatMap(({ body }) =>
      body.objects.map(({ id }: { id: string }) => id),
    )
    expect(ids).toEqual(merchants.slice(0, 2).map(({ organization }) => organization.id))
    expect(second.body.meta.next).toBeNull()
  })

  test('one is read by its id, and no publisher is one', async () => {
    const [first, , last] = merchants
    const brand = await must(get(`/v1/brands/${first!.organization.id}`))
    expect(brand).toEqual((await must(get('/v1/brands')))[0])
    expect(await must(get(`/v1/brands/${last!.organization.id}`))).toMatchObject({
      is_live_ready: false,
    })
    for (const id of ['org-0000000000000000', publisher.organization.id, '%00']) {
      expect((await get(`/v1/brands/${id}`)).status, id).toBe(404)
    }
    expect((await first!.call('GET', '/v1/brands')).status).toBe(401)
  })
})
