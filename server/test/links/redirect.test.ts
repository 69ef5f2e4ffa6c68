import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { createClickBuffer, MAX_WAITING } from '../../src/links/click-buffer.ts'
import type { ClickBuffer } from '../../src/links/click-buffer.ts'
import { encryptLink } from '../../src/links/link.ts'
import { databases } from '../support/databases.ts'
import { must, useNetwork } from '../support/network.ts'
import type { Member, Network } from '../support/network.ts'
import { attribute, follow, linkTo, partnershipPath, register } from './shoppers.ts'

const TEA = 'https://shop.example/tea'

async function countClicks(network: Network): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from clicks`.execute(network.db)
  return rows[0]?.count ?? 0
}

async function readCounter(network: Network, name: string): Promise<number> {
  const text = await (await fetch(`${network.url}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])
}

/** The same API with other clicks; answers where it is. */
async function serve(network: Network, clicks: ClickBuffer) {
  const app = buildApp({
    ...network.server.parts,
    clicks,
    operatorKey: network.operator.key,
    isStopping: () => false,
    isReady: () => Promise.resolve(true),
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url, stop: () => app.close() }
}

/** The buffer of a database that doesn't answer. A shopper's second is over at once. */
function createStrandedBuffer({ server: { parts } }: Network): ClickBuffer {
  return createClickBuffer({
    write: () => new Promise(() => undefined),
    written: (clicks) => parts.metrics.countClicks(clicks),
    lost: (clicks) => parts.metrics.countLostClicks(clicks),
    log: parts.log,
    startTimer: (_ms, ring) => {
      const timer = setImmediate(ring)
      return () => clearImmediate(timer)
    },
  })
}

describe.each(databases)('the redirect on $name', ({ create }) => {
  const network = useNetwork(create, { publishers: 1, merchants: 2 })
  let publisher: Member
  let shop: Member
  let other: Member

  beforeAll(async () => {
    publisher = network.publishers[0]!
    shop = network.merchants[0]!
    other = network.merchants[1]!
    await register(shop, 'shop.example')
    await register(other, 'other.example')
  })

  const setStatus = (status: string) =>
    must(network.operator.call('PUT', partnershipPath(publisher, shop), { status }))

  test('whoever only looks is shown the way, and leaves no click', async () => {
    const link = await linkTo(publisher, `${TEA}?btn_ref=srctok-0000000000000000`)
    const before = await countClicks(network)
    const { status, location, headers } = await follow(link, { method: 'HEAD' })
    expect([status, location]).toEqual([302, TEA])
    expect(headers.get('cache-control')).toBe('no-store')
    expect(await countClicks(network)).toBe(before)
    const { token } = await follow(link)
    expect(token).not.toBe('srctok-0000000000000000')
    expect(await countClicks(network)).toBe(before + 1)
  })

  test('a link that was forged, cut or changed is no link', async () => {
    const { vault } = network.server.parts
    const link = await linkTo(publisher, TEA)
    const [, token = ''] = link.split('/r/')
    const nobodys = { desktopUrl: null, pubUser: null, pubRef: null, quote: null }
    const forged = [
      ...['x', 'AQ', token.slice(0, -1), token.slice(0, 20), `${token}A`, `A${token}`],
      ...[`${token}=`, `${token}.`, `${token}%20`, `${token}/x`, token.toUpperCase()],
      ...[token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')), 'A'.repeat(4_000)],
      // Made under the key, but not as a link.
      vault.encrypt('quote', { p: 1, m: 2, u: 'https://evil.example/' }).toString('base64url'),
      // Of organizations that are not there.
      encryptLink(vault, { ...nobodys, publisher: 999, merchant: 2, url: TEA }),
      encryptLink(vault, { ...nobodys, publisher: 1, merchant: 999, url: TEA }),
    ]
    const before = await countClicks(network)
    for (const each of forged) {
      const { status, location, body } = await follow(`${network.url}/r/${each}`)
      expect([status, location], each).toEqual([404, null])
      expect(body.error.type).toBe('NotFound')
    }
    // Without a token it is one made by hand, of which all is missing.
    expect(await follow(`${network.url}/r/`)).toMatchObject({ status: 400, location: null })
    expect(await countClicks(network)).toBe(before)
    expect((await follow(`${link}/`)).status, 'a slash at the end is tolerated').toBe(302)
  })

  test('a link leads nowhere while its publisher is not approved', async () => {
    const link = await linkTo(publisher, TEA)
    await setStatus('available')
    const before = await countClicks(network)
    for (const method of ['GET', 'HEAD'] as const) {
      const { status, location } = await follow(link, { method })
      expect([status, location]).toEqual([403, null])
    }
    expect((await follow(link)).body.error.type).toBe('NoMerchantApproval')
    expect(await countClicks(network)).toBe(before)
    await setStatus('approved')
    expect((await follow(link)).status).toBe(302)
  })

  test('a link leads nowhere once its host is gone, whoever has it then', async () => {
    await register(shop, 'old.example')
    const link = await linkTo(publisher, 'https://old.example/')
    await must(shop.call('DELETE', '/v1/link-hosts/old.example'))
    const { status, location, body } = await follow(link)
    expect([status, location, body.error.type]).toEqual([404, null, 'NoMerchantLinkSupport'])
    await register(other, 'old.example')
    expect((await follow(link)).status).toBe(404)
    expect((await follow(link, { method: 'HEAD' })).status).toBe(404)
    expect((await follow(await linkTo(publisher, 'https://old.example/'))).status).toBe(302)
  })

  test('2,000 clicks of 200 shoppers at once are all kept', { timeout: 60_000 }, async () => {
    const links = [await linkTo(publisher, TEA), await linkTo(publisher, 'https://other.example/')]
    const before = [await countClicks(network), await readCounter(network, 'newcomer_clicks_total')]
    const tokens: (string | null)[] = []
    async function clickTenTimes(link: string): Promise<void> {
      for (let index = 0; index < 10; index++) tokens.push((await follow(link)).token)
    }
    // As many at a time as one process can have connections to itself on a busy machine.
    await Promise.all(Array.from({ length: 200 }, (_, index) => clickTenTimes(links[index % 2]!)))
    expect(new Set(tokens).size).toBe(2_000)
    expect(await countClicks(network)).toBe(before[0]! + 2_000)
    expect(await readCounter(network, 'newcomer_clicks_total')).toBe(before[1]! + 2_000)
    expect(await readCounter(network, 'newcomer_clicks_lost_total')).toBe(0)
    // Each is found by its merchant, and by nobody else.
    for (const merchant of [shop, other]) {
      const found = await attribute(network, merchant, tokens)
      expect(found.size).toBe(1_000)
      for (const [token, { content }] of found) expect(content.btn_ref).toBe(token)
    }
  })

  test('without a database shoppers go on, with their token', async () => {
    const stranded = await serve(network, createStrandedBuffer(network))
    const link = await linkTo(publisher, TEA)
    const { status, token } = await follow(link.replace(network.url, stranded.url))
    await setStatus('pending')
    const refused = await follow(link.replace(network.url, stranded.url))
    await setStatus('approved')
    await stranded.stop()
    expect(status).toBe(302)
    expect(token).toMatch(/^srctok-/)
    expect(refused.status, 'as far as is remembered').toBe(403)
  })

  test('when no more clicks can be kept shoppers go on without a token', async () => {
    const clicks = createStrandedBuffer(network)
    const visit = { publisher: 1, merchant: 2, host: 'shop.example', click: null }
    for (let index = 0; index < MAX_WAITING; index++) void clicks.record(visit)
    const stranded = await serve(network, clicks)
    const lost = await readCounter(network, 'newcomer_clicks_lost_total')
    const link = await linkTo(publisher, `${TEA}?a=1&btn_ref=old`)
    const { status, location } = await follow(link.replace(network.url, stranded.url))
    await stranded.stop()
    expect([status, location]).toEqual([302, `${TEA}?a=1`])
    expect(await readCounter(network, 'newcomer_clicks_lost_total')).toBe(lost + 1)
  })
})
