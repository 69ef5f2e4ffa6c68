import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { open, readAnswers } from '../http/raw.ts'
import { register } from '../links/shoppers.ts'
import { manualClock } from '../support/clock.ts'
import { databases, pglite } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must, startFreshNetwork } from '../support/network.ts'
import type { Member, Network } from '../support/network.ts'

const DEVICE = '6d92078a-8246-4ba4-ae5b-76104861e7dc'
const TEA = 'https://shop.example/tea'

describe.each(databases)('calls of offers on $name', ({ create }) => {
  let network: Network
  let publisher: Member
  let shop: Member
  let other: Member
  const clock = manualClock()

  beforeAll(async () => {
    network = await startFreshNetwork(create, { publishers: 2, merchants: 2, clock })
    ;[publisher] = network.publishers as [Member]
    ;[shop, other] = network.merchants as [Member, Member]
    await register(shop, 'shop.example')
    const rates = [{ segment: 'default', percent: 5 }]
    for (const { call } of [shop, other]) {
      await must(call('POST', '/v1/rate-cards', { name: 'card', rates }))
    }
  })
  afterAll(() => network.stop())

  const ask = (body: unknown) => publisher.call('POST', '/v1/offers', body)
  const link = (quote: string, user: string | null = 'kim', member = publisher) =>
    member.call('POST', '/v1/links', { url: TEA, quote, experience: { btn_pub_user: user } })

  test.each<[string, unknown, string, RegExp]>([
    ['an address', { email_sha256s: ['kim@shop.example'] }, 'email_sha256s[0]', /plain e-mail/],
    [
      'a hash of nothing',
      {
        email_sha256s: [
          emailHash('kim'),
          'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        ],
      },
      'email_sha256s[1]',
      /the empty string/,
    ],
    [
      'an address of a device',
      { device_ids: [DEVICE, 'kim@a'] },
      'device_ids[1]',
      /e-mail address/,
    ],
    ['a null', { device_ids: [null] }, 'device_ids[0]', /must be string/],
    ['a number', { user_id: 7 }, 'user_id', /must be string/],
    ['a blank', { user_id: 'kim lee' }, 'user_id', /must match/],
    [
      'too many',
      { email_sha256s: Array.from({ length: 11 }, (_, i) => emailHash(`${i}`)) },
      'email_sha256s',
      /more than 10/,
    ],
    [
      'too many together',
      {
        email_sha256s: Array.from({ length: 10 }, (_, i) => emailHash(`${i}`)),
        device_ids: [DEVICE],
      },
      'email_sha256s',
      /at most 10 identifiers/,
    ],
  ])('%s is refused by its name', async (_, body, field, message) => {
    const { status, body: answer } = await ask(body)
    expect([status, answer.error.details]).toEqual([400, { field }])
    expect(answer.error.message).toMatch(message)
    expect(JSON.stringify(answer)).not.toContain('kim')
  })

  test.each<[string, unknown, [type: string, field: string][]]>([
    [
      'no device',
      { device_ids: [DEVICE, 'phone', '123'] },
      [['UnreadableIdentifier', 'device_ids[1]']],
    ],
    [
      "the guide's own device",
      { device_ids: ['123'] },
      [['UnreadableIdentifier', 'device_ids[0]']],
    ],
    ['a wrong name', { emails: [] }, [['UnknownMember', 'emails']]],
    [
      'nothing',
      { user_id: '', merchant_id: ' ', email_sha256s: [''], device_ids: [''] },
      ['user_id', 'merchant_id', 'email_sha256s[0]', 'device_ids[0]'].map((field) => [
        'EmptyIdentifier',
        field,
      ]),
    ],
  ])('%s is passed over with a warning', async (_, body, warnings) => {
    const { status, body: answer } = await ask(body)
    expect(status).toBe(200)
    expect(answer.object).toEqual((await ask({})).body.object)
    const told = answer.meta.warnings.map(({ type, field }: Record<string, string>) => [
      type,
      field,
    ])
    expect(told).toEqual(warnings)
    expect(JSON.stringify(answer.meta)).not.toContain('phone')
  })

  test('a hash is taken as openssl prints it', async () => {
    const hash = `SHA2-256(stdin)= ${emailHash('kim')}`
    expect((await ask({ email_sha256s: [hash] })).body.meta).toEqual({ status: 'ok' })
  })

  test('offers are for publishers', async () => {
    const { status, body } = await shop.call('POST', '/v1/offers', {})
    expect([status, body.error.message]).toEqual([
      401,
      'The calling organization must be a publisher to access this endpoint.',
    ])
  })

  test('the answer has all that every answer has', async () => {
    const answer = await fetch(`${network.url}/v1/offers/`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${publisher.key}:`)}` },
    })
    const text = await answer.text()
    const headers = Object.fromEntries(answer.headers)
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(text)),
      'x-request-id': expect.stringMatching(/^req-/),
      'x-button-limit-remaining': expect.stringMatching(/^\d+$/),
    })
    expect(JSON.parse(text)).toMatchObject({ meta: { status: 'ok' }, object: { quote: null } })
    const metrics = await (await fetch(`${network.url}/metrics`)).text()
    expect(metrics).toMatch(/route="\/v1\/offers",status="200"/)
  })

  test('a link takes the quote of its user, for 24 hours', async () => {
    const { quote } = await must(ask({ user_id: 'kim' }))
    const expires = new Date(clock.now().getTime() + 86_400_000).toISOString()
    expect(quote).toEqual({ id: expect.stringMatching(/^quote-[\w-]+$/), expires })
    expect((await link(quote.id)).status).toBe(200)
    const why = async (...of: Parameters<typeof link>): Promise<string> => {
      const { status, body } = await link(...of)
      expect([status, body.error.details]).toEqual([400, { field: 'quote' }])
      return body.error.message
    }
    expect(await why(quote.id, 'lee')).toMatch(/another user/)
    expect(await why(quote.id, null)).toMatch(/another user/)
    expect(await why(quote.id, 'kim', network.publishers[1])).toMatch(/not one that this API gave/)
    expect(await why(`${quote.id.slice(0, -1)}`)).toMatch(/not one that this API gave/)
    const elsewhere = await must(ask({ user_id: 'kim', merchant_id: other.organization.id }))
    expect(await why(elsewhere.quote.id)).toMatch(/does not include the merchant/)
    clock.advance(86_400_000)
    expect((await link(quote.id)).status).toBe(200)
    clock.advance(1)
    expect(await why(quote.id)).toBe(`quote expired at ${expires}; ask for the offers again`)
  })
})

test('offers that are answered while the program stops close their connection', async () => {
  const network = await startFreshNetwork(pglite.create, { publishers: 1, merchants: 1 })
  const authorization = `Authorization: Basic ${btoa(`${network.publishers[0]!.key}:`)}`
  const busy = open(
    network.url,
    `POST /v1/offers HTTP/1.1\r\nHost: a\r\n${authorization}\r\n`,
    'Content-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n',
  )
  await new Promise((resolve) => busy.once('data', resolve))
  const stopped = network.server.stop()
  const answers = readAnswers(busy)
  busy.write('{}')
  expect(await answers).toMatchObject([
    { status: 200, headers: { connection: 'close' }, body: { object: { merchant_offers: [] } } },
  ])
  await stopped
  await network.stop()
})
