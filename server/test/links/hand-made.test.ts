import { beforeAll, describe, expect, test } from 'vitest'
import { MAX_CLICKS } from '../../src/links/follow-limit.ts'
import { recallLinkHosts } from '../../src/links/recall-link-host.ts'
import { databases } from '../support/databases.ts'
import { must, useNetwork } from '../support/network.ts'
import type { Member } from '../support/network.ts'
import { attribute, follow, partnershipPath, register } from './shoppers.ts'

const TEA = 'https://shop.example/tea?size=L'

describe.each(databases)('links made by hand, on $name', ({ create }) => {
  const network = useNetwork(create, { publishers: 2, merchants: 2 })
  let publisher: Member
  let stranger: Member
  let shop: Member

  beforeAll(async () => {
    ;[publisher, stranger] = network.publishers as [Member, Member]
    shop = network.merchants[0]!
    await register(shop, 'shop.example')
    await register(shop, 'xn--bcher-kva.example')
    await must(network.operator.call('PUT', partnershipPath(stranger, shop), { status: 'pending' }))
  })

  const link = (parameters: Record<string, string>, path = '/r') =>
    `${network.url}${path}?${new URLSearchParams(parameters).toString()}`
  const toUrl = (url: string) => link({ btn_url: url, btn_ref: publisher.organization.id })

  test.each(['/r', '/r/'])('%s leads on, and the click is recorded as any', async (path) => {
    const { id } = publisher.organization
    const made = link(
      { btn_url: TEA, btn_ref: id, btn_pub_user: 'kim', btn_pub_ref: 'mail 7', utm_source: 'x' },
      path,
    )
    const { status, location, token, headers } = await follow(made)
    expect([status, location]).toEqual([302, `${TEA}&btn_ref=${token}`])
    expect(token).toMatch(/^srctok-[0-9a-f]{16}$/)
    expect(headers.get('cache-control')).toBe('no-store')
    const from = await attribute(network, shop, [token])
    expect(from.get(token!)?.content).toEqual({
      btn_ref: token,
      publisher_customer_id: 'kim',
      pub_ref: 'mail 7',
      quote: null,
    })
    const order = { order_id: `by-hand ${path}`, total: 5, currency: 'USD', btn_ref: token }
    await must(shop.call('POST', '/v1/order', order))
    const { objects } = (await publisher.call('GET', '/v1/affiliation/transactions')).body
    expect(objects[0]).toMatchObject({ btn_ref: token, publisher_customer_id: 'kim' })
  })

  test('nobody needs to be named, and whoever only looks leaves no click', async () => {
    const made = link({ btn_url: TEA, btn_ref: publisher.organization.id, btn_pub_user: '' })
    const { status, token } = await follow(made)
    expect(status).toBe(302)
    const from = await attribute(network, shop, [token])
    expect(from.get(token!)?.content.publisher_customer_id).toBeNull()
    expect((await follow(made, { method: 'HEAD' })).location).toBe(TEA)
  })

  test.each([
    ['https://SHOP.example/tea', 'https://shop.example/tea'],
    ['http://shop.example', 'http://shop.example/'],
    ['https://%73hop.example/', 'https://shop.example/'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
    ['https://shop.example:443/', 'https://shop.example/'],
    [
      'https://shop.example/?to=https://evil.example',
      'https://shop.example/?to=https://evil.example',
    ],
    ['https://shop.example/?btn_ref=mine', 'https://shop.example/'],
  ])('%s is a host of the shop', async (url, expected) => {
    const { location } = await follow(toUrl(url), { method: 'HEAD' })
    expect(location).toBe(expected)
  })

  test.each([
    ...['https://evil.example/', 'https://shop.example.evil.example/', 'https://evilshop.example/'],
    ...[
      'https://www.shop.example/',
      'https://shop.example./',
      'https://192.0.2.1/',
      'https://[::1]/',
    ],
    ...['http://0x7f000001/', 'http://2130706433/', 'https://localhost/', 'https://shοp.example/'],
  ])('no shop is at %s', async (url) => {
    const { status, location, body } = await follow(toUrl(url))
    expect([status, location, body.error.type]).toEqual([404, null, 'NoMerchantLinkSupport'])
  })

  test.each([
    ...['', 'shop.example', '/tea', '//shop.example/', '///shop.example', 'https:shop.example'],
    ...[
      'https:\\\\shop.example/',
      'https://shop.example\\@evil.example/',
      'https:/\\evil.example/',
    ],
    ...[
      'https://shop.example@evil.example/',
      'https://kim:pass@shop.example/',
      'https://@shop.example/a@b',
    ],
    ...[
      'https://shop.example:8443/',
      'javascript:alert(1)//shop.example',
      'data:text/html,shop.example',
    ],
    ...['ftp://shop.example/', 'file://shop.example/', 'https://shop.example/\r\nSet-Cookie: a=b'],
    ...[
      'ht\ttps://shop.example/',
      'https://sh\nop.example/',
      `https://shop.example/${'x'.repeat(2_048)}`,
    ],
  ])('%j is no URL of a link', async (url) => {
    const { status, location, body } = await follow(toUrl(url))
    if (status === 302) expect(new URL(location!).hostname).toBe('shop.example')
    else expect([status, location, body.error.details]).toEqual([400, null, { field: 'btn_url' }])
  })

  test('a publisher that is not approved, a merchant, and nobody lead nowhere, all alike', async () => {
    const ids = [stranger, shop].map(({ organization }) => organization.id)
    for (const id of [
      ...ids,
      'org-0000000000000000',
      '',
      `srctok-${'0'.repeat(16)}`,
      '__proto__',
    ]) {
      const { status, location } = await follow(link({ btn_url: TEA, btn_ref: id }))
      expect([status, location], id).toEqual([404, null])
    }
    const unregistered = await follow(
      link({ btn_url: 'https://evil.example/', btn_ref: stranger.organization.id }),
    )
    const pending = await follow(link({ btn_url: TEA, btn_ref: stranger.organization.id }))
    expect(pending.body, 'who works with whom is not told').toEqual(unregistered.body)
  })

  test('it leads nowhere once they have parted', async () => {
    const path = partnershipPath(publisher, shop)
    await must(network.operator.call('PUT', path, { status: 'available' }))
    expect((await follow(toUrl(TEA))).status).toBe(404)
    await must(network.operator.call('PUT', path, { status: 'approved' }))
    expect((await follow(toUrl(TEA))).status).toBe(302)
  })

  test.each(['btn_url', 'btn_ref', 'btn_pub_user', 'btn_pub_ref'])(
    '%s twice is refused, whichever would count',
    async (name) => {
      const both = `${toUrl(TEA)}&btn_pub_user=a&btn_pub_ref=a&${name}=https://shop.example/`
      const { status, location, body } = await follow(both)
      expect([status, location, body.error.details]).toEqual([400, null, { field: name }])
    },
  )

  test.each([
    [{ btn_url: TEA }, 'btn_ref'],
    [{ btn_ref: 'org-0000000000000000' }, 'btn_url'],
    [{ btn_url: TEA, btn_ref: 'x', btn_pub_user: 'kim lee' }, 'btn_pub_user'],
    [{ btn_url: TEA, btn_ref: 'x', btn_pub_user: 'x'.repeat(256) }, 'btn_pub_user'],
    [{ btn_url: TEA, btn_ref: 'x', btn_pub_ref: 'a\u0000b' }, 'btn_pub_ref'],
    [{ btn_url: TEA, btn_ref: 'x', btn_pub_ref: 'x'.repeat(513) }, 'btn_pub_ref'],
  ])('what is wrong with %j is said', async (parameters, field) => {
    const { status, body } = await follow(link(parameters))
    expect([status, body.error.details]).toEqual([400, { field }])
  })
})

describe.each(databases.slice(0, 1))('how often links made by hand are followed', ({ create }) => {
  const network = useNetwork(create, { publishers: 1, merchants: 1 })

  test('is bounded, however they are varied', { timeout: 120_000 }, async () => {
    await register(network.merchants[0]!, 'shop.example')
    const { id } = network.publishers[0]!.organization
    const url = (index: number) => encodeURIComponent(`https://shop.example/${index}`)
    const click = (index: number) =>
      follow(`${network.url}/r?btn_url=${url(index)}&btn_ref=${id}&btn_pub_ref=${index}`)
    for (let from = 0; from < MAX_CLICKS; from += 50) {
      const clicks = Array.from({ length: 50 }, (_, index) => click(from + index))
      for (const { token } of await Promise.all(clicks)) expect(token).not.toBeNull()
    }
    const { status, location, token } = await click(MAX_CLICKS)
    expect([status, location, token]).toEqual([302, `https://shop.example/${MAX_CLICKS}`, null])
  })
})

test('where hosts cannot be looked up, those that were are remembered', async () => {
  const host = { host: 'shop.example', merchant: 2, created_at: new Date() }
  let answer: () => Promise<typeof host | undefined> = () => Promise.resolve(host)
  const find = recallLinkHosts(() => answer())
  expect(await find('shop.example')).toBe(host)
  answer = () => Promise.reject(new Error('no database'))
  expect(await find('shop.example')).toBe(host)
  await expect(find('other.example')).rejects.toThrow('no database')
  answer = () => new Promise(() => undefined)
  expect(await find('shop.example'), 'after a second').toBe(host)
  answer = () => Promise.resolve(undefined)
  expect(await find('shop.example')).toBeUndefined()
})
