import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { must, startFreshNetwork } from '../support/network.ts'
import type { Member, Network } from '../support/network.ts'
import { attribute, DESKTOP, follow, linkTo, partnershipPath, PHONE, register } from './shoppers.ts'

const NO_MERCHANT = {
  message: 'Merchant could not be detected from the url',
  type: 'NoMerchantLinkSupport',
  details: {},
}
const TEA = 'https://shop.example/tea?size=L#reviews'

describe.each(databases)('links on $name', ({ create }) => {
  let network: Network
  let publisher: Member
  let shop: Member
  let other: Member
  const post = (path: string, body: unknown) => publisher.call('POST', path, body)

  beforeAll(async () => {
    network = await startFreshNetwork(create, { publishers: 2, merchants: 2 })
    publisher = network.publishers[0]!
    shop = network.merchants[0]!
    other = network.merchants[1]!
    await register(shop, 'shop.example')
    await register(shop, 'desktop.shop.example')
    await register(other, 'other.example')
  })
  afterAll(async () => {
    await network.stop()
  })

  test('hosts are registered, listed and deleted', async () => {
    const { call } = network.merchants[1]!
    const first = await must(call('POST', '/v1/link-hosts', { host: 'WWW.Other.example' }))
    expect(first).toEqual({ host: 'www.other.example', created_date: expect.any(String) })
    const again = await must(call('POST', '/v1/link-hosts', { host: 'www.other.example' }))
    expect(again, 'a second time').toEqual(first)
    const hosts = await call('GET', '/v1/link-hosts')
    expect(hosts.body.meta).toEqual({ status: 'ok', next: null, previous: null, prev: null })
    expect(hosts.body.objects.map(({ host }: { host: string }) => host)).toEqual([
      'other.example',
      'www.other.example',
    ])
    const path = '/v1/link-hosts/WWW.other.example'
    expect(await shop.call('DELETE', path), "another's").toMatchObject({ status: 404 })
    expect((await call('DELETE', path)).body.object).toBeNull()
    expect(await call('DELETE', path)).toMatchObject({
      status: 404,
      body: { error: { message: 'Could not find www.other.example' } },
    })
  })

  test('a host belongs to one merchant, and nobody learns to which', async () => {
    const taken = await shop.call('POST', '/v1/link-hosts', { host: 'other.example' })
    expect(taken.status).toBe(409)
    const text = JSON.stringify(taken.body)
    expect(text).not.toContain(other.organization.id)
    expect(text).not.toContain(other.organization.name)
    const race = { host: 'race.example' }
    const answers = await Promise.all(
      [shop, other, shop, other].map(({ call }) => call('POST', '/v1/link-hosts', race)),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 200, 409, 409])
  })

  test('only merchants have hosts, and only publishers links', async () => {
    expect((await publisher.call('GET', '/v1/link-hosts')).status).toBe(401)
    expect((await shop.call('POST', '/v1/links', { url: TEA })).status).toBe(401)
    expect((await shop.call('POST', '/v1/links/info', { url: TEA })).status).toBe(401)
  })

  test('the operator sees whose a host is, and takes it from whoever has it', async () => {
    const operator = network.operator.call
    const path = '/operator/v1/link-hosts/squatted.example'
    expect((await operator('GET', path)).status).toBe(404)
    await must(other.call('POST', '/v1/link-hosts', { host: 'squatted.example' }))
    const found = await must(operator('GET', '/operator/v1/link-hosts/SQUATTED.example'))
    expect(found).toMatchObject({ host: 'squatted.example', merchant_id: other.organization.id })
    expect((await shop.call('DELETE', path)).status, 'not for merchants').toBe(401)
    expect((await operator('DELETE', path)).body).toEqual({ meta: { status: 'ok' }, object: null })
    expect((await operator('DELETE', path)).status).toBe(404)
    await must(shop.call('POST', '/v1/link-hosts', { host: 'squatted.example' }))
  })

  test('a link leads to its URL, with a token of its own at each click', async () => {
    const body = { url: TEA, experience: { btn_pub_user: 'user-1', btn_pub_ref: 'mail 7, näher' } }
    const { object } = (await post('/v1/links', body)).body
    expect(object).toEqual({
      merchant_id: shop.organization.id,
      affiliate: null,
      links: { universal: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/r\/[\w-]+$/) },
    })
    expect(object.links.universal.startsWith(`${network.url}/r/`)).toBe(true)
    const clicks = [await follow(object.links.universal), await follow(object.links.universal)]
    for (const { status, location, headers, token, body: answer } of clicks) {
      expect(status).toBe(302)
      expect(token).toMatch(/^srctok-[0-9a-f]{16}$/)
      expect(location).toBe(`https://shop.example/tea?size=L&btn_ref=${token}#reviews`)
      expect(answer).toEqual({ meta: { status: 'ok' }, object: { url: location } })
      expect(Object.fromEntries(headers)).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-robots-tag': 'noindex',
      })
    }
    expect(clicks[0]?.token).not.toBe(clicks[1]?.token)
  })

  test('desktop browsers are sent where they are to be sent', async () => {
    const desktop = 'https://desktop.shop.example/tea'
    const link = await linkTo(publisher, TEA, { experience: { btn_desktop_url: desktop } })
    const hostFor = async (agent: string) => (await follow(link, { agent })).location?.slice(8, 15)
    expect(await hostFor(DESKTOP)).toBe('desktop')
    for (const agent of [PHONE, 'Mozilla/5.0 (iPhone)', 'Mozilla/5.0 (iPad)', 'Android']) {
      expect(await hostFor(agent)).toBe('shop.ex')
    }
    expect((await follow(await linkTo(publisher, TEA), { agent: DESKTOP })).location).toContain(
      'https://shop.example/',
    )
    for (const foreign of ['https://other.example/', 'https://evil.example/', '/tea']) {
      const experience = { btn_desktop_url: foreign }
      expect(await post('/v1/links', { url: TEA, experience })).toMatchObject({
        status: 400,
        body: { error: { details: { field: 'experience.btn_desktop_url' } } },
      })
    }
  })

  test.each([
    ['https://evil.example/', 404],
    ['https://sub.shop.example/', 404],
    ['https://shop.example.evil.example/', 404],
    ['https://shop.example%2eevil.example/', 404],
    ['https://evil.example#@shop.example/', 404],
    ['https://shop.example./', 404],
    ['https://shоp.example/', 404],
    ['http://2130706433/', 404],
    ['https://shop.example\\@evil.example/', 400],
    ['https://shop.example@evil.example/', 400],
    ['https://evil.exam\tple/', 400],
    ['https://shop.example:8443/', 400],
    ['//shop.example/', 400],
    ['javascript:alert(1)', 400],
    ['data:text/html,x', 400],
  ])('no link leads to %j', async (url, status) => {
    for (const path of ['/v1/links', '/v1/links/info']) {
      const { status: answered, body } = await post(path, { url })
      expect(answered).toBe(status)
      if (status === 404) expect(body.error).toEqual(NO_MERCHANT)
      else expect(body.error.details).toEqual({ field: 'url' })
    }
  })

  test.each([
    [{ experience: { btn_pub_user: 'a b' } }, 'experience.btn_pub_user'],
    [{ experience: { btn_pub_user: 'x'.repeat(256) } }, 'experience.btn_pub_user'],
    [{ experience: { btn_pub_ref: 'a\u0007b' } }, 'experience.btn_pub_ref'],
    [{ experience: { btn_pub_ref: 'x'.repeat(513) } }, 'experience.btn_pub_ref'],
    [{ experience: [] }, 'experience'],
    [{ quote: 'quote-forged' }, 'quote'],
  ])('what is wrong with %j is said', async (more, field) => {
    const { status, body } = await post('/v1/links', { url: TEA, ...more })
    expect([status, body.error.details.field]).toEqual([400, field])
  })

  test('what other programs add to a link is ignored', async () => {
    const experience = {
      btn_pub_user: 'u'.repeat(255),
      btn_pub_ref: '€'.repeat(512),
      btn_desktop_url: `https://desktop.shop.example/${'d'.repeat(2_000)}`,
      btn_fallback_exp: 'web',
      btn_app_only: { ios: true },
    }
    const url = `https://shop.example/${'u'.repeat(2_000)}`
    const link = await linkTo(publisher, url, { experience } as never)
    expect((await follow(link)).status, 'the longest link').toBe(302)
    expect((await post('/v1/links', { url, experience: null, quote: null })).status).toBe(200)
  })

  test('a publisher that is not approved is told so, or told only', async () => {
    const stranger = network.publishers[1]!
    await must(network.operator.call('PUT', partnershipPath(stranger, shop), { status: 'pending' }))
    const { id, name } = shop.organization
    expect(await stranger.call('POST', '/v1/links', { url: TEA })).toMatchObject({
      status: 403,
      body: {
        error: {
          type: 'NoMerchantApproval',
          message: 'Not approved for link building',
          details: { merchant_id: id },
        },
      },
    })
    const asked = await must(stranger.call('POST', '/v1/links/info', { url: TEA }))
    const support = { web: true, app: false }
    const supported = { ios_support: support, android_support: support }
    expect(asked).toEqual({ organization_id: id, name, approved: false, ...supported })
    const own = await must(post('/v1/links/info', { url: TEA }))
    expect(own).toEqual({ organization_id: id, name, approved: true, ...supported })
  })

  test('a shortlink is a link under another path', async () => {
    const experience = { btn_pub_user: 'kim', btn_pub_ref: 'ref' }
    const { merchant_id, affiliate, links } = await must(
      post('/v1/shortlink/create', { url: TEA, experience }),
    )
    expect([merchant_id, affiliate]).toEqual([shop.organization.id, null])
    const { status, location, token } = await follow(links.universal)
    expect(status).toBe(302)
    expect(location).toContain('https://shop.example/tea?')
    const from = await attribute(network, shop, [token])
    expect(from.get(token!)?.content).toMatchObject({
      publisher_customer_id: 'kim',
      pub_ref: 'ref',
    })
  })

  test('members that say nothing or are not known are told', async () => {
    const experience = { btn_pub_user: '', btn_desktop_url: ' ', btn_app: 'x', pub_ref: 'x' }
    const { body } = await post('/v1/links', { url: TEA, affiliate: true, quote: '', experience })
    expect(
      body.meta.warnings.map(({ type, field }: Record<string, string>) => [type, field]),
    ).toEqual([
      ['UnknownMember', 'affiliate'],
      ['UnknownMember', 'experience.pub_ref'],
      ['EmptyIdentifier', 'experience.btn_desktop_url'],
      ['EmptyIdentifier', 'experience.btn_pub_user'],
      ['EmptyIdentifier', 'quote'],
    ])
  })

  test('a merchant has at most 100 hosts, also when they come at once', async () => {
    const before = (await other.call('GET', '/v1/link-hosts')).body.objects.length
    const added = await Promise.all(
      Array.from({ length: 110 }, (_, index) =>
        other.call('POST', '/v1/link-hosts', { host: `h${index}.other.example` }),
      ),
    )
    const { objects } = (await other.call('GET', '/v1/link-hosts')).body
    expect(objects).toHaveLength(100)
    const statuses = added.map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(100 - before)
    expect(new Set(statuses)).toEqual(new Set([200, 409]))
  })
})

test('links and pages begin with the URL that the operator gave', async () => {
  const network = await startFreshNetwork(databases[0]!.create, {
    publishers: 1,
    merchants: 2,
    publicUrl: 'https://network.example/newcomer',
  })
  const [publisher] = network.publishers
  await register(network.merchants[0]!, 'shop.example')
  const link = await linkTo(publisher!, TEA)
  const { body } = await publisher!.call('GET', '/v1/merchants?page_size=1')
  const local = link.replace('https://network.example/newcomer/', `${network.url}/`)
  const { status } = await follow(local)
  await network.stop()
  expect(link).toMatch(/^https:\/\/network\.example\/newcomer\/r\/[\w-]+$/)
  expect(body.meta.next).toMatch(/^https:\/\/network\.example\/newcomer\/v1\/merchants\?.*cursor=/)
  expect(status).toBe(302)
})
